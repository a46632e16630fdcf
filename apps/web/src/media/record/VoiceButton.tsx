/**
 * The button after an empty field: a microphone. A finger holds it and speaks, and by letting go sends; slid up it stays on by
 * itself, slid aside it forgets. A press with a mouse or a key begins one that stays on. While it records, it sends.
 */
import type { OutgoingFile } from '@kith/client';
import { ArrowUp, Mic } from 'lucide-react';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { onDemand } from '../../app/onDemand.tsx';
import { currentDirection, t } from '../../i18n/index.ts';
import { attend, cancel, letGo, lock, press, send, useRecordingAt } from './recordings.ts';
import './record.css';

const RecordBar = onDemand(() => import('./RecordBar.tsx'));

/** So far a finger slides until it has said something, px. */
const LOCK_PX = 72;
const CANCEL_PX = 110;

export interface VoiceButtonProps {
  /** A conversation, or the root of a thread. */
  readonly place: string;
  /** Whether it is on its way. */
  readonly onSend: (file: OutgoingFile) => boolean;
}

export function VoiceButton({ place, onSend }: VoiceButtonProps) {
  const recording = useRecordingAt(place);
  const deliver = useRef(onSend);
  useEffect(() => {
    deliver.current = onSend;
  });
  useEffect(() => attend(place, (file) => deliver.current(file)), [place]);
  /** Where the finger came down that holds it. */
  const start = useRef<{ readonly x: number; readonly y: number }>(undefined);
  /** The click that comes of a held finger is not a press. */
  const wasHeld = useRef(false);
  /** How far it has been slid aside, px. */
  const [slid, setSlid] = useState(0);

  const over = (): void => {
    start.current = undefined;
    setSlid(0);
  };
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>): void => {
    wasHeld.current = event.pointerType !== 'mouse' && recording.type === 'none';
    if (!wasHeld.current) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, y: event.clientY };
    press(place, 'held');
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (!start.current) return;
    const aside = (start.current.x - event.clientX) * (currentDirection() === 'rtl' ? -1 : 1);
    const up = start.current.y - event.clientY;
    if (aside > CANCEL_PX) {
      over();
      navigator.vibrate?.(10);
      cancel(place);
    } else if (up > LOCK_PX) {
      over();
      navigator.vibrate?.(10);
      lock(place);
    } else setSlid(Math.max(0, aside));
  };
  const idle = recording.type === 'none';
  const held = 'how' in recording && recording.how === 'held';
  const Icon = idle || held ? Mic : ArrowUp;
  return (
    <>
      {!idle && <RecordBar place={place} slid={slid} />}
      <button
        type="button"
        className="kith-record-button"
        data-state={idle ? undefined : held ? 'held' : 'on'}
        aria-label={idle ? t('record.begin') : t('record.send')}
        disabled={recording.type === 'ending' || recording.type === 'sending'}
        // The keyboard of a phone stays where it is.
        onMouseDown={(event) => event.preventDefault()}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          if (!start.current) return;
          over();
          letGo(place);
        }}
        onPointerCancel={() => {
          if (!start.current) return;
          over();
          // Taken by the system: a question, a call. What was said stays; where nothing was, nothing begins.
          if (recording.type === 'asking') cancel(place);
          else lock(place);
        }}
        onContextMenu={(event) => event.preventDefault()}
        onClick={(event) => {
          // A key has no finger to hold.
          const pressed = event.detail === 0 || !wasHeld.current;
          wasHeld.current = false;
          if (!pressed) return;
          if (idle) press(place, 'locked');
          else send(place);
        }}
      >
        <Icon size={20} strokeWidth={idle || held ? 1.75 : 2.25} aria-hidden="true" />
      </button>
    </>
  );
}
