/**
 * The recordings of this page, each with the place it is for: a conversation, or the root of a thread. One at most has the
 * microphone. Here the states of recording.ts meet the world: entering one does what it asks for.
 */
import type { OutgoingFile } from '@kith/client';
import { setBegun } from '../../app/begun.ts';
import { cell } from '../../app/cell.ts';
import { errorText } from '../../i18n/errors.ts';
import { t } from '../../i18n/index.ts';
import { toast, toastError } from '../../ui/toast.ts';
import { pausePlayer } from '../play/floor.ts';
import { DeviceError, troubleText } from './devices.ts';
import { recordingName } from './formats.ts';
import type { Recorder } from './microphone.ts';
import {
  type Clip,
  type How,
  isListening,
  LONGEST_MS,
  lengthOf,
  NONE,
  type Recording,
  type RecordingEvent,
  step,
  WORTH_MS,
} from './recording.ts';

/** Hands a recording over to be sent; false: it could not be, and why has been said. */
export type Deliver = (file: OutgoingFile) => boolean;

/** Begun in so many places and neither sent nor thrown away: each may be an hour of sound in memory. */
const KEPT_MAX = 5;
const LIMIT_LOOK_MS = 1_000;

/** What an open microphone needs besides its state. */
interface Session {
  readonly abort: AbortController;
  recorder?: Recorder;
  limit?: ReturnType<typeof setInterval>;
}

const recordings = cell<ReadonlyMap<string, Recording>>(new Map());
const sessions = new Map<string, Session>();
const delivers = new Map<string, Deliver>();
const NO_LEVELS: readonly number[] = [];

const now = (): number => performance.now();

export const recordingAt = (place: string): Recording => recordings.get().get(place) ?? NONE;
export const useRecordingAt = (place: string): Recording => recordings.use().get(place) ?? NONE;

/** How loud it has been, 0 … 1, the newest last. */
export const levelsAt = (place: string): readonly number[] =>
  sessions.get(place)?.recorder?.levels ?? NO_LEVELS;

export const lengthAt = (place: string): number => lengthOf(recordingAt(place), now());

/** The composer of a place says how a recording there is sent. When it goes, the microphone does too; what was said stays. */
export function attend(place: string, deliver: Deliver): () => void {
  delivers.set(place, deliver);
  return () => {
    leave(place);
    // One that is just being sent still needs it.
    if (!isListening(recordingAt(place)) && delivers.get(place) === deliver) delivers.delete(place);
  };
}

export function press(place: string, how: How): void {
  const others = [...recordings.get()].filter(([other]) => other !== place);
  for (const [other, recording] of others) if (isListening(recording)) leave(other);
  if (others.length >= KEPT_MAX) {
    toast(t('record.tooMany'), { tone: 'error' });
    return;
  }
  pausePlayer();
  handle(place, { type: 'press', how });
}

export const lock = (place: string): void => handle(place, { type: 'lock' });
export const letGo = (place: string): void => handle(place, { type: 'letGo', at: now() });
export const pause = (place: string): void => handle(place, { type: 'pause', at: now() });
export const resume = (place: string): void => handle(place, { type: 'resume', at: now() });
export const stop = (place: string): void => handle(place, { type: 'stop', at: now() });
export const send = (place: string): void => handle(place, { type: 'send', at: now() });
export const cancel = (place: string): void => handle(place, { type: 'cancel', at: now() });

/** Nobody is to be heard who has turned to something else. */
function leave(place: string): void {
  const { type } = recordingAt(place);
  if (type === 'asking') handle(place, { type: 'cancel', at: now() });
  else handle(place, { type: 'stop', at: now() });
}

function handle(place: string, event: RecordingEvent): void {
  const before = recordingAt(place);
  const after = step(before, event);
  if (after === before) return;
  const next = new Map(recordings.get());
  if (after.type === 'none') next.delete(place);
  else next.set(place, after);
  recordings.set(next);
  enter(place, before, after);
  if (after.type !== 'none') return;
  const short = before.type === 'recording' || before.type === 'paused' || before.type === 'asking';
  if (event.type === 'letGo' && short) toast(t('record.holdHint'));
  else if (event.type === 'send' && short) toast(t('record.tooShort'));
}

function enter(place: string, before: Recording, after: Recording): void {
  const session = sessions.get(place);
  switch (after.type) {
    case 'asking':
      if (before.type === 'none') void open(place);
      return;
    case 'recording':
      if (before.type === 'paused') session?.recorder?.resume();
      return;
    case 'paused':
      session?.recorder?.pause();
      return;
    case 'ending':
      if (before.type !== 'ending') void end(place);
      return;
    case 'sending':
      deliver(place, after.clip);
      return;
    case 'recorded':
      return;
    case 'none':
      // Of one that is dropped while it ends, the clip is still to come: `end` offers it.
      if (before.type === 'recorded') offerBack(place, before.clip);
      return;
  }
}

async function open(place: string): Promise<void> {
  const session: Session = { abort: new AbortController() };
  sessions.set(place, session);
  const { signal } = session.abort;
  try {
    const { openMicrophone } = await import('./microphone.ts');
    const recorder = await openMicrophone({
      signal,
      onLost: () => handle(place, { type: 'stop', at: now() }),
    });
    if (signal.aborted) {
      recorder.cancel();
      return;
    }
    session.recorder = recorder;
    session.limit = setInterval(() => {
      if (lengthAt(place) >= LONGEST_MS) handle(place, { type: 'stop', at: now() });
    }, LIMIT_LOOK_MS);
    navigator.vibrate?.(10);
    handle(place, { type: 'opened', at: now() });
  } catch (error) {
    // Given up meanwhile: nobody waits for what went wrong.
    if (signal.aborted) return;
    handle(place, { type: 'failed' });
    toast(error instanceof DeviceError ? troubleText(error.trouble, 'microphone') : errorText(error), {
      tone: 'error',
    });
  }
}

async function end(place: string): Promise<void> {
  const session = sessions.get(place);
  try {
    if (!session?.recorder) throw new Error('A recording ends that has not begun');
    clearInterval(session.limit);
    const clip = await session.recorder.stop();
    const before = recordingAt(place);
    // Whoever signed out meanwhile takes it along.
    if (session.abort.signal.aborted) return;
    sessions.delete(place);
    if (clip.data.size === 0) throw new DeviceError('unknown');
    handle(place, { type: 'ended', clip });
    if (before.type === 'ending' && before.fate === 'drop') offerBack(place, clip);
  } catch (error) {
    handle(place, { type: 'failed' });
    toast(error instanceof DeviceError ? troubleText(error.trouble, 'microphone') : errorText(error), {
      tone: 'error',
    });
  }
}

function deliver(place: string, clip: Clip): void {
  const file: OutgoingFile = {
    kind: 'voice',
    name: recordingName('voice', clip.mime),
    mime: clip.mime,
    data: clip.data,
    duration: clip.duration,
    waveform: clip.waveform,
  };
  let taken = false;
  try {
    taken = delivers.get(place)?.(file) ?? false;
  } catch (error) {
    toastError(error);
  }
  handle(place, { type: taken ? 'sent' : 'refused' });
}

/** A slip of the hand takes nothing away that was worth saying. */
function offerBack(place: string, clip: Clip): void {
  if (clip.duration < WORTH_MS) return;
  toast(t('record.thrownAway'), {
    action: { label: t('common.undo'), run: () => handle(place, { type: 'restore', clip }) },
  });
}

recordings.subscribe(() => {
  const open = recordings.get();
  // Thrown away, or forgotten with the person it belongs to (cell.ts).
  for (const [place, session] of sessions) {
    if (open.has(place)) continue;
    sessions.delete(place);
    session.abort.abort();
    clearInterval(session.limit);
    session.recorder?.cancel();
  }
  setBegun('recordings', open.size > 0);
});
