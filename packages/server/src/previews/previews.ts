/**
 * Previews of links, after the message was committed and told: a bounded queue, each address fetched once at a time, and what was
 * found (or that there is nothing) kept for a while in the database.
 */
import { type Content, firstLink, type LinkPreview } from '@kith/protocol';
import type { Blobs } from '../blobs/blobs.ts';
import type { ConversationLog } from '../log/change.ts';
import type { Logger } from '../logger.ts';
import { conversationRow } from '../store/conversations.ts';
import type { Database } from '../store/database.ts';
import { keepPreview, keptPreview, sweepPreviews } from '../store/previews.ts';
import { fetchPreview, isExpected } from './fetchPreview.ts';
import { createOutside, type Outside } from './outside.ts';

export interface Previews {
  /** A message was committed: its first link gets a preview, unless its author wants none. Never throws, never waits. */
  offer(message: Offered): void;
  /** Resolves when everything offered so far is done. */
  settled(): Promise<void>;
  close(): void;
}

export interface Offered {
  readonly tenantId: number;
  /** Who sent it. */
  readonly userId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly content: Content;
}

export interface PreviewsOptions {
  readonly database: Pick<Database, 'db'>;
  readonly blobs: Pick<Blobs, 'keep'>;
  readonly conversationLog: ConversationLog;
  readonly logger?: Logger;
  /** False: none are made. */
  readonly enabled: boolean;
  readonly outside?: Outside;
}

/** Fetched at a time; they wait for strangers most of it. */
const PARALLEL = 4;
/** Beyond it links stay without: a preview is no promise. */
const QUEUE_MAX = 500;
/** Of one person, so that dead links of one leave the others their turn: at a time, and in the queue. */
const PARALLEL_EACH = 2;
const QUEUE_EACH = 20;
/** What the index of kept ones holds. */
const LINK_BYTES = 2_000;
const FOUND_FOR_MS = 7 * 24 * 60 * 60_000;
const NOTHING_FOR_MS = 60 * 60_000;
const SWEEP_EVERY_MS = 60 * 60_000;

/** The link a content is shown with, if any. */
export function linkOf(content: Content): string | undefined {
  const link = content.type === 'plain' && !content.noPreview ? firstLink(content.text) : undefined;
  return link !== undefined && Buffer.byteLength(link) <= LINK_BYTES ? link : undefined;
}

const isOfOne = (a: Offered, b: Offered): boolean => a.tenantId === b.tenantId && a.userId === b.userId;

export function createPreviews({
  database: { db },
  blobs,
  conversationLog,
  logger,
  enabled,
  outside = createOutside(),
}: PreviewsOptions): Previews {
  const queue: (Offered & { readonly link: string })[] = [];
  const fetching = new Map<string, Promise<LinkPreview | null>>();
  const working = new Map<Offered, Promise<void>>();
  let closed = false;

  const find = async (tenantId: number, link: string): Promise<LinkPreview | null> => {
    const kept = await keptPreview(db, tenantId, link);
    if (kept) return kept.preview;
    let preview: LinkPreview | null = null;
    try {
      preview = await fetchPreview({ outside, blobs }, tenantId, link);
    } catch (error) {
      if (!isExpected(error)) throw error;
      logger?.debug({ err: error }, 'a link has no preview');
    }
    const until = Date.now() + (preview ? FOUND_FOR_MS : NOTHING_FOR_MS);
    await keepPreview(db, tenantId, link, preview, new Date(until));
    return preview;
  };

  const findOnce = (tenantId: number, link: string): Promise<LinkPreview | null> => {
    const key = `${tenantId} ${link}`;
    const under = fetching.get(key) ?? find(tenantId, link).finally(() => fetching.delete(key));
    fetching.set(key, under);
    return under;
  };

  const work = async ({
    tenantId,
    conversationId,
    messageId,
    link,
  }: (typeof queue)[number]): Promise<void> => {
    // Where no link can be followed yet there is nothing to show of it, and strangers make us fetch nothing.
    if ((await conversationRow(db, tenantId, conversationId))?.request_to) return;
    const preview = await findOnce(tenantId, link);
    if (!preview || closed) return;
    await conversationLog.change(tenantId, conversationId, async (held) => {
      const message = await held.message(messageId);
      // Edited or deleted meanwhile, or done by a repetition.
      if (message?.kind !== 'content' || message.no_preview || message.link_preview) return;
      if (firstLink(message.text ?? '') !== link) return;
      await held.setMessage(message, { link_preview: JSON.stringify(preview) });
    });
  };

  const pump = (): void => {
    while (working.size < PARALLEL && !closed) {
      const place = queue.findIndex((one) => {
        const same = [...working.keys()].filter((other) => isOfOne(one, other));
        return same.length < PARALLEL_EACH;
      });
      const [next] = place < 0 ? [] : queue.splice(place, 1);
      if (!next) return;
      const done = work(next)
        .catch((error: unknown) => logger?.warn({ err: error }, 'a preview could not be made'))
        .finally(() => {
          working.delete(next);
          pump();
        });
      working.set(next, done);
    }
  };

  const timer = setInterval(() => {
    sweepPreviews(db).catch((error: unknown) =>
      logger?.warn({ err: error }, 'old previews could not be swept'),
    );
  }, SWEEP_EVERY_MS).unref();

  return {
    offer: (message) => {
      if (!enabled || closed || queue.length >= QUEUE_MAX) return;
      const link = linkOf(message.content);
      if (link === undefined) return;
      if (queue.filter((one) => isOfOne(one, message)).length >= QUEUE_EACH) return;
      queue.push({ ...message, link });
      pump();
    },
    settled: async () => {
      while (working.size > 0) await Promise.all(working.values());
    },
    close: () => {
      closed = true;
      queue.length = 0;
      clearInterval(timer);
    },
  };
}
