/** Somebody speaking: as loud as it is along its length, how long it takes, and a dot until it was heard. */
import type { TimelineMessage } from '@kith/client';
import type { MessageFile } from '@kith/protocol';
import { useMemo, useRef } from 'react';
import { useClient } from '../../app/client.tsx';
import { useMyId } from '../../app/people.ts';
import { t } from '../../i18n/index.ts';
import { placeOf, useTransfer } from '../files/source.ts';
import { TransferRing } from '../files/TransferRing.tsx';
import { clockText } from '../files/words.ts';
import { Broken } from './Broken.tsx';
import { useUnheard } from './heard.ts';
import { PlayButton } from './PlayButton.tsx';
import { seek, toggle } from './player.ts';
import { Seek } from './Seek.tsx';
import { SpeedButton } from './SpeedButton.tsx';
import { messageSound, soundKey } from './sounds.ts';
import { useSeconds, useSeen, useSoundState } from './useSound.ts';
import { fromWaveform } from './waveform.ts';
import './play.css';

export interface SoundViewProps {
  readonly file: MessageFile;
  readonly message: TimelineMessage;
}

export default function VoiceView({ file, message }: SoundViewProps) {
  const client = useClient();
  const myId = useMyId();
  const { record } = message;
  const view = useRef<HTMLDivElement>(null);
  const key = soundKey(record.id, file.fileId);
  const { active, broken, state } = useSoundState(key);
  const seconds = useSeconds(active);
  const transfer = useTransfer(file.fileId);
  const unheard = useUnheard(record.id, record.createdAt) && record.authorId !== myId;
  const bars = useMemo(() => fromWaveform(file.waveform), [file.waveform]);
  useSeen(view, key, active);
  // Made at the press: by then the name of who speaks is known.
  const sound = () => messageSound(client, record, file);
  const length = file.duration ?? 0;
  if (broken) return <Broken file={file} place={placeOf(message)} text={t('play.brokenVoice')} />;
  return (
    <div ref={view} className="kith-voice-message" role="group" aria-label={t('play.voice')}>
      {transfer ? (
        <TransferRing fileId={file.fileId} message={message} size={44} />
      ) : (
        <PlayButton state={state} onPress={() => toggle(sound())} />
      )}
      <div className="kith-voice-lines">
        <Seek bars={bars} length={length} active={active} onSeek={(at) => seek(sound(), at)} />
        <div className="kith-voice-notes">
          <span className="kith-play-time">{clockText(active ? Math.max(0, length - seconds) : length)}</span>
          {unheard && <span className="kith-unheard" role="img" aria-label={t('play.unheard')} />}
          {active && <SpeedButton />}
        </div>
      </div>
    </div>
  );
}
