/** Who is writing. Ephemeral (S10): told to those who have the conversation on screen, forgotten after some seconds. */
import { limits } from '@kith/protocol';
import type { Announcer } from './announcer.ts';
import { subjects } from './bus.ts';

export interface Typing {
  notify(tenantId: number, conversationId: string, userId: string, active: boolean): void;
}

export interface TypingOptions {
  readonly announcer: Pick<Announcer, 'ephemeral'>;
  readonly now?: () => number;
}

/** Clients may repeat themselves with every key; a notice is renewed only when half of its time is over. */
const RENEW_MS = limits.typingMs / 2;

export function createTyping({ announcer, now = Date.now }: TypingOptions): Typing {
  /** When each notice was last told, the oldest first. Receivers let it run out by themselves. */
  const told = new Map<string, number>();

  const forgetOld = (time: number): void => {
    for (const [key, at] of told) {
      if (time - at < limits.typingMs) return;
      told.delete(key);
    }
  };

  return {
    notify: (tenantId, conversationId, userId, active) => {
      const time = now();
      forgetOld(time);
      const key = `${tenantId} ${conversationId} ${userId}`;
      const at = told.get(key);
      // Nothing new: still writing, or never said to be.
      if (active ? at !== undefined && time - at < RENEW_MS : at === undefined) return;
      told.delete(key);
      if (active) told.set(key, time);
      announcer.ephemeral(subjects.conversation(tenantId, conversationId), {
        type: 'typing',
        conversationId,
        userId,
        active,
      });
    },
  };
}
