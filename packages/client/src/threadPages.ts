/**
 * When the list of threads is asked for: after every absence, when something hints that it is behind, and page by page as
 * one scrolls. One page at a time, for of two that are on their way the older could come last; and what events tell while
 * one is on its way is told again after it, for it may be of before them.
 */
import type { MessageRecord, Output } from '@kith/protocol';
import type { KithError } from '@kith/protocol/errors';
import { asKithError } from './asKithError.ts';
import { backoff } from './backoff.ts';
import type { Request } from './request.ts';
import type { Clock } from './types.ts';

export type ThreadPage = Output<'listThreads'>;

/** `anew`: after an absence, when anything may have changed; `again`: what stands below the first page stays. */
export type ThreadQuestion = 'anew' | 'again' | { readonly cursor: string };

export interface ThreadPagesDeps {
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** An answer, of this connection. */
  take(page: ThreadPage, question: ThreadQuestion): void;
  /** What came while one waited for it, also for one that failed. */
  replay(messages: readonly MessageRecord[]): void;
  /** `loading` or `error` is another. */
  changed(): void;
}

export const PAGE = 20;
/** Everybody who was away comes back at once; their lists can wait a moment. Ms. */
const SPREAD_MS = 1_000;
/** Several hints of one moment ask once. */
const AGAIN_MS = 500;
/** Messages that came while an answer was on its way. */
const MEANWHILE_MAX = 1_000;

export class ThreadPages {
  readonly #deps: ThreadPagesDeps;
  #live = false;
  #epoch = 0;
  #loading: Promise<void> | undefined;
  #error: KithError | undefined;
  #meanwhile: MessageRecord[] = [];
  #planned = false;

  constructor(deps: ThreadPagesDeps) {
    this.#deps = deps;
  }

  get live(): boolean {
    return this.#live;
  }

  get loading(): boolean {
    return this.#loading !== undefined;
  }

  /** Why the latest page did not come. */
  get error(): KithError | undefined {
    return this.#error;
  }

  /** In step with the heads again. */
  handleSynced(): void {
    this.#live = true;
    const epoch = ++this.#epoch;
    this.#deps.clock.after(this.#deps.random() * SPREAD_MS, () => {
      if (epoch === this.#epoch) void this.#refresh('anew');
    });
  }

  handleDown(): void {
    this.#live = false;
    this.#epoch++;
  }

  forgetError(): void {
    this.#error = undefined;
  }

  /** Out of an event: kept while an answer is on its way. */
  handleMessages(messages: readonly MessageRecord[]): void {
    if (!this.#loading) return;
    if (this.#meanwhile.length + messages.length > MEANWHILE_MAX) this.again();
    else this.#meanwhile.push(...messages);
  }

  /** The list may be behind. */
  again(): void {
    if (this.#planned || !this.#live) return;
    this.#planned = true;
    this.#deps.clock.after(AGAIN_MS, async () => {
      await this.#answered();
      // What was hinted at while an answer was on its way is asked for once.
      this.#planned = false;
      void this.#refresh('again');
    });
  }

  /** `next`: where the list goes on, when it is asked; null: nowhere. */
  async more(next: () => string | null): Promise<void> {
    await this.#answered();
    const cursor = next();
    if (cursor !== null) await this.#ask({ cursor });
  }

  async #answered(): Promise<void> {
    // Several may wait, and the first of them asks again.
    while (this.#loading) await this.#loading;
  }

  async #refresh(question: 'anew' | 'again', attempt = 0): Promise<void> {
    const epoch = this.#epoch;
    await this.#answered();
    if (epoch !== this.#epoch || !this.#live) return;
    await this.#ask(question);
    const error = this.#error;
    if (!error?.retryable || epoch !== this.#epoch) return;
    const wait = backoff(attempt, this.#deps.random(), error.retryAfterMs);
    this.#deps.clock.after(wait, () => {
      if (epoch === this.#epoch) void this.#refresh(question, attempt + 1);
    });
  }

  #ask(question: ThreadQuestion): Promise<void> {
    this.#loading = this.#load(question);
    this.#deps.changed();
    return this.#loading;
  }

  async #load(question: ThreadQuestion): Promise<void> {
    const epoch = this.#epoch;
    this.#error = undefined;
    try {
      const page = await this.#deps.request('listThreads', {
        limit: PAGE,
        ...(typeof question === 'object' && question),
      });
      if (epoch === this.#epoch) this.#deps.take(page, question);
    } catch (error) {
      this.#error = asKithError(error);
    }
    this.#loading = undefined;
    const meanwhile = this.#meanwhile;
    this.#meanwhile = [];
    this.#deps.replay(meanwhile);
    this.#deps.changed();
  }
}
