/** In the place of the field: what is being recorded, or was and waits to be sent. */
import { ChevronLeft, ChevronUp, Lock, Mic, Pause, Square, Trash2, X } from 'lucide-react';
import { type CSSProperties, useEffect, useMemo, useState } from 'react';
import { pointerFine } from '../../app/media.ts';
import { focusComposer } from '../../composer/intent.ts';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { clockText } from '../files/words.ts';
import { playing } from '../play/now.ts';
import { PlayButton } from '../play/PlayButton.tsx';
import { close, seek, toggle } from '../play/player.ts';
import type { ClipSound } from '../play/playing.ts';
import { Seek } from '../play/Seek.tsx';
import { fixed } from '../play/source.ts';
import { wholeSeconds } from '../play/times.ts';
import { useSeconds, useSoundState } from '../play/useSound.ts';
import { fromWaveform } from '../play/waveform.ts';
import { LevelMeter } from './LevelMeter.tsx';
import type { Clip } from './recording.ts';
import { cancel, lengthAt, pause, resume, stop, useRecordingAt } from './recordings.ts';
import './record.css';

export interface RecordBarProps {
  readonly place: string;
  /** How far the finger that holds it has been slid aside, px. */
  readonly slid: number;
}

export default function RecordBar({ place, slid }: RecordBarProps) {
  const recording = useRecordingAt(place);
  const listening =
    recording.type === 'asking' || recording.type === 'recording' || recording.type === 'paused';
  useEscape(listening, () => drop(place));
  const status = {
    none: '',
    asking: t('record.asking'),
    recording: t('record.recording'),
    paused: t('record.paused'),
    ending: '',
    recorded: t('record.recorded'),
    sending: '',
  }[recording.type];
  const held = 'how' in recording && recording.how === 'held';
  return (
    <div className="kith-record" role="group" aria-label={t('record.label')}>
      <span className="kith-hidden" role="status">
        {status}
      </span>
      {recording.type === 'recorded' || recording.type === 'sending' ? (
        <Listen place={place} clip={recording.clip} />
      ) : held ? (
        <Held place={place} slid={slid} />
      ) : (
        <>
          <IconButton icon={X} label={t('record.cancel')} shortcut="Esc" onClick={() => drop(place)} />
          {recording.type === 'asking' ? (
            <span className="kith-record-wait">{t('record.asking')}</span>
          ) : (
            <>
              <Clock place={place} running={recording.type === 'recording'} />
              <LevelMeter place={place} running={recording.type === 'recording'} />
              {recording.type === 'paused' ? (
                <IconButton icon={Mic} label={t('record.resume')} onClick={() => resume(place)} />
              ) : (
                <IconButton
                  icon={Pause}
                  label={t('record.pause')}
                  disabled={recording.type !== 'recording'}
                  onClick={() => pause(place)}
                />
              )}
              <IconButton
                icon={Square}
                label={t('record.stop')}
                disabled={recording.type === 'ending'}
                onClick={() => stop(place)}
              />
            </>
          )}
        </>
      )}
    </div>
  );
}

/** Back to writing, where there is a keyboard. */
function drop(place: string): void {
  cancel(place);
  if (pointerFine.get()) setTimeout(focusComposer, 0, place);
}

/** What floats above has the key for itself. */
const FLOATING = '.kith-dialog, .kith-menu, .kith-info, .kith-emoji-popup';

function useEscape(on: boolean, run: () => void): void {
  useEffect(() => {
    if (!on) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || document.querySelector(FLOATING)) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  });
}

/** With a finger on the button: what its ways lead to. */
function Held({ place, slid }: { readonly place: string; readonly slid: number }) {
  return (
    <>
      <Clock place={place} running />
      <span className="kith-record-slide" style={{ '--kith-slid': slid } as CSSProperties}>
        <ChevronLeft size={16} strokeWidth={1.75} aria-hidden="true" />
        {t('record.slide')}
      </span>
      <span className="kith-record-lock" aria-hidden="true">
        <Lock size={16} strokeWidth={1.75} />
        <ChevronUp size={16} strokeWidth={1.75} />
      </span>
    </>
  );
}

const CLOCK_MS = 200;

function Clock({ place, running }: { readonly place: string; readonly running: boolean }) {
  const [length, setLength] = useState(() => lengthAt(place));
  useEffect(() => {
    const read = () => setLength(wholeSeconds(lengthAt(place)));
    read();
    if (!running) return;
    const timer = setInterval(read, CLOCK_MS);
    return () => clearInterval(timer);
  }, [place, running]);
  return (
    <span className="kith-record-clock" data-running={running || undefined} role="timer">
      <span className="kith-record-dot" aria-hidden="true" />
      {clockText(length)}
    </span>
  );
}

/** Heard before it is sent. */
function Listen({ place, clip }: { readonly place: string; readonly clip: Clip }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(clip.data);
    setUrl(made);
    return () => {
      // Nothing plays on that can no longer be seen, and soon no longer be had.
      const now = playing.get();
      if (now.type !== 'silent' && now.sound.key === made) close();
      URL.revokeObjectURL(made);
    };
  }, [clip]);
  const bars = useMemo(() => fromWaveform(clip.waveform), [clip]);
  const sound = useMemo<ClipSound | undefined>(
    () =>
      url === undefined ? undefined : { type: 'clip', key: url, source: fixed(url), duration: clip.duration },
    [url, clip],
  );
  const { active, state, broken } = useSoundState(sound?.key ?? '');
  const seconds = useSeconds(active);
  return (
    <>
      <IconButton icon={Trash2} label={t('record.delete')} kind="danger" onClick={() => drop(place)} />
      <PlayButton small state={state} onPress={() => sound && toggle(sound)} />
      {broken ? (
        <span className="kith-record-wait" role="alert">
          {t('record.noListening')}
        </span>
      ) : (
        <Seek bars={bars} length={clip.duration} active={active} onSeek={(at) => sound && seek(sound, at)} />
      )}
      <span className="kith-record-clock">
        {clockText(active ? Math.max(0, clip.duration - seconds) : clip.duration)}
      </span>
    </>
  );
}
