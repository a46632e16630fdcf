/**
 * A voice recording as a state and what happens to it (H2). Pure: the microphone, the clock and the screen stand elsewhere
 * (recordings.ts), and do what a new state asks of them.
 */

/** What was recorded, measured and whole. */
export interface Clip {
  readonly data: Blob;
  /** Without its codecs: as the server will call it. */
  readonly mime: string;
  /** ms, measured here: what MediaRecorder writes into a WebM says nothing of it. */
  readonly duration: number;
  /** Base64 of a byte a bar, as `MessageFile.waveform`. */
  readonly waveform: string;
}

/** `held`: as long as a finger stays where it is; `locked`: until something is pressed. */
export type How = 'held' | 'locked';

/** What becomes of a recording that ends. `drop`: thrown away, by somebody who may yet think better of it. */
export type Fate = 'keep' | 'send' | 'drop';

export type Recording =
  | { readonly type: 'none' }
  /** The browser asks the person whether they may be heard, or the microphone wakes up. */
  | { readonly type: 'asking'; readonly how: How }
  /** Since `since` (ms on the clock of the events); `before`: ms that were recorded before the last pause. */
  | { readonly type: 'recording'; readonly how: How; readonly since: number; readonly before: number }
  | { readonly type: 'paused'; readonly before: number }
  /** The last bytes are on their way out of the recorder. */
  | { readonly type: 'ending'; readonly fate: Fate }
  | { readonly type: 'recorded'; readonly clip: Clip }
  /** Wanted by the person, and to be handed over now. */
  | { readonly type: 'sending'; readonly clip: Clip };

/** `at`: ms on one clock that only goes forward. */
export type RecordingEvent =
  | { readonly type: 'press'; readonly how: How }
  | { readonly type: 'opened'; readonly at: number }
  | { readonly type: 'failed' }
  | { readonly type: 'lock' }
  | { readonly type: 'letGo'; readonly at: number }
  | { readonly type: 'pause'; readonly at: number }
  | { readonly type: 'resume'; readonly at: number }
  /** To be listened to; also at the longest time, and when the microphone is taken away. */
  | { readonly type: 'stop'; readonly at: number }
  | { readonly type: 'send'; readonly at: number }
  | { readonly type: 'cancel'; readonly at: number }
  | { readonly type: 'ended'; readonly clip: Clip }
  | { readonly type: 'sent' }
  /** It could not be handed over: it stays. */
  | { readonly type: 'refused' }
  /** What was thrown away is wanted after all. */
  | { readonly type: 'restore'; readonly clip: Clip };

/** Shorter than any word: pressed by mistake, or by somebody who does not know yet that one holds. */
export const SHORTEST_MS = 700;
/** Some 15 MB of speech; and nobody listens to more. */
export const LONGEST_MS = 60 * 60_000;
/** From here on, throwing it away is asked back by an undo. */
export const WORTH_MS = 5_000;

export const NONE: Recording = { type: 'none' };

/** ms of sound so far. */
export function lengthOf(recording: Recording, at: number): number {
  switch (recording.type) {
    case 'recording':
      return recording.before + Math.max(0, at - recording.since);
    case 'paused':
      return recording.before;
    case 'recorded':
    case 'sending':
      return recording.clip.duration;
    default:
      return 0;
  }
}

/** Whether the microphone is open, or about to be. */
export const isListening = ({ type }: Recording): boolean =>
  type === 'asking' || type === 'recording' || type === 'paused' || type === 'ending';

/** What an event does not change stays the same object. */
export function step(recording: Recording, event: RecordingEvent): Recording {
  switch (recording.type) {
    case 'none':
      if (event.type === 'restore') return { type: 'recorded', clip: event.clip };
      return event.type === 'press' ? { type: 'asking', how: event.how } : recording;
    case 'asking':
      switch (event.type) {
        case 'opened':
          return { type: 'recording', how: recording.how, since: event.at, before: 0 };
        case 'lock':
          return { type: 'asking', how: 'locked' };
        case 'failed':
        case 'letGo':
        case 'stop':
        case 'send':
        case 'cancel':
          return NONE;
        default:
          return recording;
      }
    case 'recording':
    case 'paused':
      return stepOpen(recording, event);
    case 'ending':
      switch (event.type) {
        case 'ended':
          if (recording.fate === 'drop') return NONE;
          return { type: recording.fate === 'send' ? 'sending' : 'recorded', clip: event.clip };
        case 'failed':
          return NONE;
        // Pressed while it was stopping: the last word counts.
        case 'send':
          return { type: 'ending', fate: 'send' };
        case 'cancel':
          return { type: 'ending', fate: 'drop' };
        default:
          return recording;
      }
    case 'recorded':
      if (event.type === 'send') return { type: 'sending', clip: recording.clip };
      return event.type === 'cancel' ? NONE : recording;
    case 'sending':
      if (event.type === 'refused') return { type: 'recorded', clip: recording.clip };
      return event.type === 'sent' ? NONE : recording;
  }
}

function stepOpen(
  recording: Extract<Recording, { type: 'recording' | 'paused' }>,
  event: RecordingEvent,
): Recording {
  const end = (fate: Fate, at: number): Recording =>
    lengthOf(recording, at) < SHORTEST_MS ? NONE : { type: 'ending', fate };
  switch (event.type) {
    case 'failed':
      return NONE;
    case 'stop':
      return end('keep', event.at);
    case 'send':
      return end('send', event.at);
    case 'cancel':
      return lengthOf(recording, event.at) < WORTH_MS ? NONE : { type: 'ending', fate: 'drop' };
    case 'lock':
      return recording.type === 'recording' && recording.how === 'held'
        ? { ...recording, how: 'locked' }
        : recording;
    case 'letGo':
      return recording.type === 'recording' && recording.how === 'held' ? end('send', event.at) : recording;
    case 'pause':
      return recording.type === 'recording' && recording.how === 'locked'
        ? { type: 'paused', before: lengthOf(recording, event.at) }
        : recording;
    case 'resume':
      return recording.type === 'paused'
        ? { type: 'recording', how: 'locked', since: event.at, before: recording.before }
        : recording;
    default:
      return recording;
  }
}
