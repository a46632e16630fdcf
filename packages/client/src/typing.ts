/** S10: who is writing. Nothing here is certain, and nothing is kept. */
import { limits } from '@kith/protocol/limits';
import { Cells, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { Clock, Readable } from './types.ts';

const NOBODY: readonly string[] = [];
/** A notice lasts `limits.typingMs`; renewed in time, it does not flicker. */
const RENEW_MS = limits.typingMs / 2;

export interface TypingDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  changed(conversationId: string): void;
}

export class TypingStore {
  readonly #deps: TypingDeps;
  readonly #cells: Cells<string, readonly string[]>;
  /** How to cancel the end of each notice. */
  readonly #expiries = new Map<string, Map<string, () => void>>();
  /** When this person's own notice was last sent. */
  readonly #sentAt = new Map<string, number>();
  #live = false;

  constructor(deps: TypingDeps) {
    this.#deps = deps;
    this.#cells = new Cells(deps.scheduler);
  }

  in(conversationId: string): Readable<readonly string[]> {
    const cell = this.#cells.at(conversationId);
    if (cell.get() === undefined) cell.set(NOBODY);
    return cell as Readable<readonly string[]>;
  }

  peek(conversationId: string): readonly string[] {
    return this.#cells.peek(conversationId) ?? NOBODY;
  }

  handle(conversationId: string, userId: string, active: boolean): void {
    const expiries = this.#expiries.get(conversationId) ?? new Map<string, () => void>();
    this.#expiries.set(conversationId, expiries);
    const known = expiries.get(userId);
    known?.();
    if (active) {
      expiries.set(
        userId,
        this.#deps.clock.after(limits.typingMs, () => this.handle(conversationId, userId, false)),
      );
    } else {
      expiries.delete(userId);
    }
    if ((known !== undefined) === active) return;
    if (expiries.size === 0) this.#expiries.delete(conversationId);
    this.#cells.set(conversationId, expiries.size === 0 ? NOBODY : [...expiries.keys()]);
    this.#deps.changed(conversationId);
  }

  handleLive(): void {
    this.#live = true;
  }

  handleDown(): void {
    this.#live = false;
    this.#sentAt.clear();
    for (const [conversationId, expiries] of this.#expiries) {
      for (const userId of [...expiries.keys()]) this.handle(conversationId, userId, false);
    }
  }

  notify(conversationId: string, active: boolean): void {
    const sentAt = this.#sentAt.get(conversationId);
    if (!this.#live || (!active && sentAt === undefined)) return;
    const now = this.#deps.clock.now();
    if (active && sentAt !== undefined && now - sentAt < RENEW_MS) return;
    if (active) this.#sentAt.set(conversationId, now);
    else this.#sentAt.delete(conversationId);
    // Never retried: a moment later it is no longer true.
    this.#deps.request('typing', { conversationId, active }, { timeoutMs: limits.typingMs }).catch(() => {});
  }
}
