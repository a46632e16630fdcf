/**
 * The custom emoji of each tenant, kept in memory: every welcome tells their revision, and a crowd that hears of a change asks
 * for all of them at once.
 */
import type { CustomEmoji } from '@kith/protocol';
import { type Bus, subjects } from '../fanout/bus.ts';
import type { Database } from '../store/database.ts';
import { readEmoji } from '../store/emoji.ts';

export interface EmojiBook {
  of(tenantId: number): Promise<TenantEmoji>;
  close(): void;
}

export interface TenantEmoji {
  readonly emoji: readonly CustomEmoji[];
  readonly rev: number;
}

/** When the word of a change was lost, it is found so much later. */
const TRUSTED_MS = 60_000;
/** Tenants kept; beyond it the oldest reading is forgotten. */
const MOST_TENANTS = 1_000;

export function createEmojiBook({
  database: { db },
  bus,
  now = () => performance.now(),
}: {
  readonly database: Pick<Database, 'db'>;
  readonly bus: Bus;
  readonly now?: () => number;
}): EmojiBook {
  const read = new Map<number, { readonly at: number; readonly emoji: Promise<TenantEmoji> }>();
  const unsubscribe = bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'emoji_changed') read.delete(message.tenantId);
    else if (message.type === 'gap') read.clear();
  });
  return {
    of: (tenantId) => {
      const known = read.get(tenantId);
      if (known && now() - known.at < TRUSTED_MS) return known.emoji;
      const reading = { at: now(), emoji: readEmoji(db, tenantId) };
      read.delete(tenantId);
      read.set(tenantId, reading);
      const [oldest] = read.keys();
      if (read.size > MOST_TENANTS && oldest !== undefined) read.delete(oldest);
      // A failure is not kept: the next one asks again.
      reading.emoji.catch(() => {
        if (read.get(tenantId) === reading) read.delete(tenantId);
      });
      return reading.emoji;
    },
    close: unsubscribe,
  };
}
