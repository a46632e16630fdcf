/** The keys of the keyboard, the headphones and the lock screen, and what stands there. */
import { type Playing, soundOf } from './playing.ts';

interface Deeds {
  readonly resume: () => void;
  readonly pause: () => void;
  readonly close: () => void;
  /** Some seconds on or back. */
  readonly step: (by: 1 | -1) => void;
  /** ms. */
  readonly seek: (at: number) => void;
}

const ACTIONS = ['play', 'pause', 'stop', 'seekbackward', 'seekforward', 'seekto'] as const;

/** What is recorded and not sent is nobody's business outside of the app. `at`: ms; `rate`: how much faster than it was recorded. */
export function showMediaSession(playing: Playing, at: number, rate: number, deeds: Deeds): void {
  const session = (globalThis.navigator as Navigator | undefined)?.mediaSession as MediaSession | undefined;
  if (!session) return;
  const sound = soundOf(playing);
  if (sound?.type !== 'message' || playing.type === 'broken') {
    for (const action of ACTIONS) setHandler(session, action, null);
    session.metadata = null;
    session.playbackState = 'none';
    return;
  }
  if (session.metadata?.title !== sound.title) session.metadata = new MediaMetadata({ title: sound.title });
  session.playbackState = playing.type === 'paused' ? 'paused' : 'playing';
  setHandler(session, 'play', deeds.resume);
  setHandler(session, 'pause', deeds.pause);
  setHandler(session, 'stop', deeds.close);
  setHandler(session, 'seekbackward', () => deeds.step(-1));
  setHandler(session, 'seekforward', () => deeds.step(1));
  setHandler(session, 'seekto', ({ seekTime }) => {
    if (seekTime !== undefined) deeds.seek(seekTime * 1_000);
  });
  const duration = sound.duration / 1_000;
  // Without it the browser shows what the file says of its length, which in a WebM of MediaRecorder is nothing.
  if (duration > 0)
    session.setPositionState?.({ duration, position: Math.min(at / 1_000, duration), playbackRate: rate });
}

function setHandler(
  session: MediaSession,
  action: MediaSessionAction,
  handler: MediaSessionActionHandler | null,
): void {
  try {
    session.setActionHandler(action, handler);
  } catch {
    // A browser that does not know this key says so by throwing; the others still work.
  }
}
