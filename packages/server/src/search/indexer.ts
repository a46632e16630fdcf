/**
 * Follows what was committed and keeps the search index in step, a second or two behind. It works in small transactions,
 * bounded by messages, text and words, and rests longer than it works, so that nobody who writes waits for it. What it has still to do stands in the database, not
 * here: a conversation is behind when its revision is greater than the one indexed. This node's own announcements tell it
 * where to look at once; a sweep over all conversations, at the start and every few minutes, finds what nobody told it
 * (a crash, a node that went away, messages from before there was an index).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { type Database, isDatabaseUnavailable, isTooSlow } from '../store/database.ts';
import { conversationsBehind, type Place } from '../store/searchIndex.ts';
import { INDEX_VERSION, indexStep, type Remaining } from './indexStep.ts';

export interface SearchIndexer {
  /** Something was committed there. Costs next to nothing: it is called on the way of every message. */
  note(tenantId: number, conversationId: string): void;
  /** Begins to follow. */
  start(): void;
  /** Indexes everything there is, without rest. For tests and tools; rejects when the database is away. */
  catchUp(): Promise<void>;
  /** Conversations known to be behind. */
  waiting(): number;
  /** Ends the work; resolves when none is under way. */
  close(): Promise<void>;
}

export interface SearchIndexerOptions {
  readonly database: Pick<Database, 'db' | 'kind'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Messages wait to be stored: search can wait. */
  readonly busy?: () => boolean;
  readonly sweepMs?: number;
  /** Messages of one transaction. */
  readonly messages?: number;
}

/** The embedded database answers nobody else meanwhile. */
const MESSAGES = { postgres: 200, pglite: 40 } as const;
const WORDS = { postgres: 10_000, pglite: 1_000 } as const;
const CONVERSATIONS = 50;
const SWEEP_PAGE = 1_000;
const SWEEP_MS = 5 * 60_000;
/** Conversations kept in mind; what is beyond, a sweep finds. */
const MOST_NOTED = 20_000;
/** Who has written a line writes another one: they are indexed together. */
const COLLECT_MS = 400;
/** It rests so many times longer than it worked. */
const REST = 2;
const LEAST_REST_MS = 5;
const BUSY_MS = 500;
/** Under a load that never ends, search still follows, slowly. */
const MOST_WAITS = 10;
/** Another node is at the same conversations. */
const TAKEN_MS = 1_000;
const FAILED_MS = 1_000;
const MOST_FAILED_MS = 30_000;

/** A step that takes too long would take as long the next time: that is no outage, but one for smaller steps. */
const isAway = (error: unknown): boolean => isDatabaseUnavailable(error) && !isTooSlow(error);

export function createSearchIndexer(options: SearchIndexerOptions): SearchIndexer {
  const { logger, busy = () => false, sweepMs = SWEEP_MS } = options;
  const { db, kind } = options.database;
  const { messages = MESSAGES[kind] } = options;
  const words = WORDS[kind];
  /** In order of their turn. */
  const behind = new Map<string, Place>();
  /** Where the sweep has come to; null between two. */
  let sweep: { readonly after: Place | null } | null = { after: null };
  let nextSweepAt = 0;

  const add = (place: Place): void => {
    if (behind.size < MOST_NOTED) behind.set(`${place.tenantId} ${place.conversationId}`, place);
    else nextSweepAt = 0;
  };

  const sweepOn = async (): Promise<void> => {
    if (!sweep && performance.now() >= nextSweepAt) sweep = { after: null };
    if (!sweep || behind.size > SWEEP_PAGE) return;
    const page = await conversationsBehind(db, sweep.after, SWEEP_PAGE, INDEX_VERSION);
    for (const place of page.behind) add(place);
    sweep = page.last && { after: page.last };
    if (!sweep) nextSweepAt = performance.now() + sweepMs;
  };

  /** Of one step; fewer after steps that took too long. */
  let most = messages;

  /** Together; if that fails, one by one, and past the message that cannot be indexed. */
  const index = async (places: readonly Place[]): Promise<Remaining> => {
    try {
      const done = await indexStep(db, places, { messages: most, words });
      most = Math.min(messages, 2 * most);
      return done;
    } catch (error) {
      if (isAway(error)) throw error;
      if (isTooSlow(error) && most > 1) {
        most = Math.ceil(most / 2);
        return index(places);
      }
      if (places.length === 1) return indexAlone(places, error);
      const all: Remaining[] = [];
      for (const place of places) all.push(await index([place]));
      return { taken: all.flatMap((one) => one.taken), more: all.flatMap((one) => one.more) };
    }
  };

  const indexAlone = async (place: readonly Place[], err: unknown): Promise<Remaining> => {
    try {
      return await indexStep(db, place, { messages: 1 });
    } catch (error) {
      if (isAway(error)) throw error;
      logger.warn({ err, place: place[0] }, 'a message could not be indexed; search goes on without it');
      return indexStep(db, place, { messages: 1, past: true });
    }
  };

  /** The next ones a step farther. */
  const work = async (): Promise<Remaining> => {
    const turn = [...behind.entries()].slice(0, CONVERSATIONS);
    // What is noted from now on comes again.
    for (const [key] of turn) behind.delete(key);
    const places = turn.map(([, place]) => place);
    try {
      const remaining = await index(places);
      for (const place of [...remaining.more, ...remaining.taken]) add(place);
      return remaining;
    } catch (error) {
      for (const place of places) add(place);
      throw error;
    }
  };

  const stop = new AbortController();
  let wake: (() => void) | null = null;
  let running: Promise<void> = Promise.resolve();

  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  };

  /** Until something is noted, or a sweep is due. */
  const noted = async (): Promise<void> => {
    // Told to end while it was at work: nobody will wake it any more.
    if (stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, nextSweepAt - performance.now()));
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = null;
    await pause(COLLECT_MS);
  };

  const follow = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted) {
      const began = performance.now();
      try {
        await sweepOn();
        const { taken, more } = behind.size > 0 ? await work() : { taken: [], more: [] };
        if (failures > 0) logger.info({}, 'search is being indexed again');
        failures = 0;
        if (behind.size === 0 && !sweep) await noted();
        else if (taken.length > 0 && more.length === 0 && taken.length === behind.size) await pause(TAKEN_MS);
        else await pause(Math.max(LEAST_REST_MS, REST * (performance.now() - began)));
      } catch (err) {
        // Said once an outage, not every few seconds.
        if (failures === 0 && !stop.signal.aborted)
          logger.warn({ err }, 'search could not be indexed; trying again');
        failures += 1;
        await pause(Math.min(MOST_FAILED_MS, FAILED_MS * 2 ** Math.min(failures, 10)));
      }
      for (let waits = 0; waits < MOST_WAITS && busy() && !stop.signal.aborted; waits += 1)
        await pause(BUSY_MS);
    }
  };

  return {
    note: (tenantId, conversationId) => {
      add({ tenantId, conversationId });
      wake?.();
    },
    start: () => {
      running = follow();
    },
    catchUp: async () => {
      sweep = { after: null };
      while (sweep || behind.size > 0) {
        await sweepOn();
        const { taken, more } = behind.size > 0 ? await work() : { taken: [], more: [] };
        if (taken.length > 0 && more.length === 0) await sleep(20);
      }
    },
    waiting: () => behind.size,
    close: async () => {
      stop.abort();
      wake?.();
      await running;
    },
  };
}
