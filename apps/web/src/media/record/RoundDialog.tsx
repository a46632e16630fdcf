/** Making a round video message: one sees oneself, speaks for a minute at most, looks at it, and sends it or tries again. */
import type { OutgoingFile } from '@kith/client';
import { SwitchCamera } from 'lucide-react';
import { useEffect, useReducer, useState } from 'react';
import type { AttachDialogProps } from '../../attachments/entries.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { toast } from '../../ui/toast.ts';
import { useObjectUrl } from '../files/useObjectUrl.ts';
import { clockText } from '../files/words.ts';
import { pausePlayer } from '../play/floor.ts';
import { Ring } from '../play/Ring.tsx';
import { RoundVideo } from '../play/RoundVideo.tsx';
import { wholeSeconds } from '../play/times.ts';
import { type Camera, openCamera } from './camera.ts';
import { troubleOf, troubleText } from './devices.ts';
import { recordingName } from './formats.ts';
import {
  OPENING,
  ROUND_MS,
  ROUND_SIDE,
  type Round,
  type RoundEvent,
  shareOf,
  step,
  type Take,
} from './round.ts';
import './round.css';

const LOOK_MS = 100;

export default function RoundDialog({ onRecord, onClose }: AttachDialogProps) {
  const [round, handle] = useReducer(step, OPENING);
  const [now, setNow] = useState(() => performance.now());
  /** State, not a ref: a dialog's content comes after its first drawing. */
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const [camera, setCamera] = useState<Camera>();
  /** Shown as a mirror shows it; after turning the camera it is not. */
  const [mirror, setMirror] = useState(true);
  const [turning, setTurning] = useState(false);

  const opening = round.type === 'opening';
  useEffect(() => {
    if (!opening || !canvas) return;
    pausePlayer();
    const abort = new AbortController();
    openCamera(canvas, abort.signal).then(
      (opened) => {
        if (abort.signal.aborted) {
          opened.close();
          return;
        }
        setCamera(opened);
        setMirror(true);
        handle({ type: 'opened' });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) handle({ type: 'failed', trouble: troubleOf(error) });
      },
    );
    return () => abort.abort();
  }, [opening, canvas]);
  useEffect(() => () => camera?.close(), [camera]);

  const recording = round.type === 'recording';
  const over = recording && now - round.since >= ROUND_MS;
  useEffect(() => {
    if (!recording) return;
    const timer = setInterval(() => setNow(performance.now()), LOOK_MS);
    // Of a page that is not seen the camera shows nothing any more.
    const onHide = () => document.visibilityState === 'hidden' && handle({ type: 'stop' });
    document.addEventListener('visibilitychange', onHide);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onHide);
    };
  }, [recording]);
  useEffect(() => {
    if (over) handle({ type: 'stop' });
  }, [over]);

  const starting = round.type === 'starting';
  useEffect(() => {
    if (!starting || !camera) return;
    camera
      .begin(() => handle({ type: 'stop' }))
      .then(
        () => {
          setNow(performance.now());
          handle({ type: 'began', at: performance.now() });
        },
        (error: unknown) => handle({ type: 'failed', trouble: troubleOf(error) }),
      );
  }, [starting, camera]);
  const ending = round.type === 'ending';
  useEffect(() => {
    if (!ending || !camera) return;
    camera.end().then(
      (take) => handle({ type: 'took', take }),
      (error: unknown) => handle({ type: 'failed', trouble: troubleOf(error) }),
    );
  }, [ending, camera]);
  useUnsaved(recording || ending || round.type === 'recorded');

  const turn = (): void => {
    if (!camera || turning) return;
    setTurning(true);
    camera
      .turn()
      .then(
        () => setMirror(camera.facesPerson()),
        (error: unknown) => toast(troubleText(troubleOf(error), 'camera'), { tone: 'error' }),
      )
      .finally(() => setTurning(false));
  };
  const send = (take: Take): void => onRecord(fileOf(take));
  const [asking, setAsking] = useState(false);
  /** By the cross, Escape or a press beside it: what was said is not lost by that. */
  const leave = (): void => {
    if (recording) handle({ type: 'stop' });
    else if (round.type === 'recorded') setAsking(true);
    else if (!ending) onClose();
  };
  return (
    <Dialog
      open
      onClose={leave}
      title={t('round.title')}
      footer={<Foot round={round} handle={handle} onClose={onClose} onSend={send} />}
    >
      <div className="kith-round-stage">
        {round.type === 'recorded' ? (
          <Shown take={round.take} />
        ) : round.type === 'failed' ? (
          <p role="alert">{troubleText(round.trouble, 'camera')}</p>
        ) : (
          <>
            <canvas
              ref={setCanvas}
              className="kith-round-see"
              data-mirror={mirror || undefined}
              aria-label={t('round.see')}
              role="img"
            />
            <Ring share={shareOf(round, now)} />
            {(opening || turning) && (
              <span className="kith-round-wait" role="status" aria-label={t('round.opening')}>
                <Spinner size={28} />
              </span>
            )}
            {camera?.turns && !opening && round.type !== 'ending' && (
              <span className="kith-round-turn">
                <IconButton icon={SwitchCamera} label={t('round.turn')} disabled={turning} onClick={turn} />
              </span>
            )}
          </>
        )}
      </div>
      {round.type !== 'recorded' && round.type !== 'failed' && (
        <p className="kith-round-clock">
          {recording && <span className="kith-round-dot" aria-hidden="true" />}
          <span role="timer">
            {clockText(recording ? wholeSeconds(Math.max(0, now - round.since)) : 0)} / {clockText(ROUND_MS)}
          </span>
        </p>
      )}
      {asking && (
        <Confirm
          title={t('round.dropSure')}
          text={t('round.dropText')}
          verb={t('common.delete')}
          onConfirm={async () => onClose()}
          onClose={() => setAsking(false)}
        />
      )}
    </Dialog>
  );
}

function Foot({
  round,
  handle,
  onClose,
  onSend,
}: {
  readonly round: Round;
  readonly handle: (event: RoundEvent) => void;
  readonly onClose: () => void;
  readonly onSend: (take: Take) => void;
}) {
  if (round.type === 'recorded') {
    return (
      <>
        <Button onClick={() => handle({ type: 'again' })}>{t('round.again')}</Button>
        <Button kind="primary" onClick={() => onSend(round.take)}>
          {t('composer.send')}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      {round.type === 'failed' ? (
        <Button kind="primary" onClick={() => handle({ type: 'again' })}>
          {t('common.tryAgain')}
        </Button>
      ) : round.type === 'recording' || round.type === 'ending' ? (
        <Button kind="primary" busy={round.type === 'ending'} onClick={() => handle({ type: 'stop' })}>
          {t('record.stop')}
        </Button>
      ) : (
        <Button
          kind="primary"
          busy={round.type === 'starting'}
          disabled={round.type === 'opening'}
          onClick={() => handle({ type: 'record' })}
        >
          {t('round.record')}
        </Button>
      )}
    </>
  );
}

/** Looked at before it is sent. */
function Shown({ take }: { readonly take: Take }) {
  const url = useObjectUrl(take.data);
  const poster = useObjectUrl(take.thumbnail?.data);
  const [broken, setBroken] = useState(false);
  if (broken) return <p role="alert">{t('round.noWatching')}</p>;
  return <RoundVideo src={url} poster={poster} length={take.duration} onBroken={() => setBroken(true)} />;
}

/** Before the page closes with something in it that was said and not sent. */
function useUnsaved(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [on]);
}

const fileOf = ({ data, mime, duration, thumbnail, placeholder }: Take): OutgoingFile => ({
  kind: 'round',
  name: recordingName('video', mime),
  mime,
  data,
  width: ROUND_SIDE,
  height: ROUND_SIDE,
  duration,
  ...(placeholder && { placeholder }),
  ...(thumbnail && { thumbnail }),
});
