/** What the one player of the app does, as a state and what happens to it (H2). The sound itself is made in player.ts. */
import type { Readable } from '@kith/client';

interface Any {
  /** Tells one sound from another. */
  readonly key: string;
  /** Where it is to be had; undefined while that is asked for. */
  readonly source: Readable<string | undefined>;
  /** ms, as its sender measured it. */
  readonly duration: number;
}

/** Of a message. */
export interface MessageSound extends Any {
  readonly type: 'message';
  readonly kind: 'voice' | 'audio';
  readonly conversationId: string;
  readonly messageId: string;
  /** For the mini player and the keys of the system: who speaks, or what is played. */
  readonly title: string;
  /** What is played when it has ended. */
  readonly next?: () => Promise<MessageSound | undefined>;
}

/** A recording that is not sent yet. */
export interface ClipSound extends Any {
  readonly type: 'clip';
}

export type Sound = MessageSound | ClipSound;

export type Playing =
  | { readonly type: 'silent' }
  /** Wanted, but its bytes are not there (yet). */
  | { readonly type: 'starting'; readonly sound: Sound }
  | { readonly type: 'playing'; readonly sound: Sound }
  | { readonly type: 'paused'; readonly sound: Sound }
  /** It has ended, and the next one is looked for. */
  | { readonly type: 'between'; readonly sound: Sound }
  /** It cannot be played here: this browser does not know its form, or it is gone. */
  | { readonly type: 'broken'; readonly sound: Sound };

/** With the key of a sound: told by the element, which may be late and speak of an earlier one. */
export type PlayingEvent =
  | { readonly type: 'play'; readonly sound: Sound }
  | { readonly type: 'began'; readonly key: string }
  | { readonly type: 'waits'; readonly key: string }
  | { readonly type: 'halted'; readonly key: string }
  | { readonly type: 'ended'; readonly key: string }
  | { readonly type: 'broke'; readonly key: string }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'close' };

export const SILENT: Playing = { type: 'silent' };

export const soundOf = (playing: Playing): Sound | undefined =>
  playing.type === 'silent' ? undefined : playing.sound;

/** What an event does not change stays the same object. */
export function step(playing: Playing, event: PlayingEvent): Playing {
  if (event.type === 'play') return { type: 'starting', sound: event.sound };
  if (playing.type === 'silent') return playing;
  const { sound } = playing;
  if ('key' in event && event.key !== sound.key) return playing;
  const going = playing.type === 'starting' || playing.type === 'playing';
  switch (event.type) {
    case 'began':
      return playing.type === 'starting' ? { type: 'playing', sound } : playing;
    case 'waits':
      return playing.type === 'playing' ? { type: 'starting', sound } : playing;
    case 'halted':
    case 'pause':
      return going ? { type: 'paused', sound } : playing.type === 'between' ? SILENT : playing;
    case 'resume':
      return playing.type === 'paused' ? { type: 'starting', sound } : playing;
    case 'ended':
      if (!going) return playing;
      return sound.type === 'message' && sound.next ? { type: 'between', sound } : SILENT;
    case 'broke':
      return { type: 'broken', sound };
    case 'close':
      return SILENT;
  }
}
