/**
 * Messages that the person removed from their own view: whether a place is hidden, as the own records and what is being
 * changed here say. What leans on it is told when that becomes another.
 */
import { changeHidden, hiddenChanges, isHidden, type SeqRange } from '@kith/protocol/hidden';
import { limits } from '@kith/protocol/limits';
import type { OwnRecords } from './own.ts';
import { runAt } from './segments.ts';
import type { Store } from './store/store.ts';
import type { ConversationWindow } from './store/window.ts';

export interface HiddenDeps {
  readonly own: Pick<OwnRecords, 'peek'>;
  readonly store: Store;
  /** The counts or the preview cannot be told from here. */
  needHead(conversationId: string): void;
  /** Shown again, and not loaded: the server left it out. */
  fetch(window: ConversationWindow, seq: number): void;
  /** What is shown of this conversation's messages is another. */
  changed(conversationId: string): void;
}

/** Shown again at once: each is asked for by itself, as one takes back what one has just done. */
const FETCHED_MAX = 100;

export class HiddenMessages {
  readonly #deps: HiddenDeps;
  readonly #ranges = new Map<string, readonly SeqRange[]>();
  /** Conversations whose head must be asked for once the server has what was set here. */
  readonly #doubtful = new Set<string>();

  constructor(deps: HiddenDeps) {
    this.#deps = deps;
  }

  has(conversationId: string, seq: number): boolean {
    const ranges = this.#ranges.get(conversationId);
    return ranges !== undefined && isHidden(ranges, seq);
  }

  /** The record of a conversation shows something else. */
  handleShown(conversationId: string): void {
    const before = this.#ranges.get(conversationId) ?? [];
    const after = this.#deps.own.peek('hidden', conversationId)?.ranges ?? [];
    if (after.length > 0) this.#ranges.set(conversationId, after);
    else this.#ranges.delete(conversationId);
    let furthest = 0;
    const shown: number[] = [];
    for (const { from, to, hidden } of hiddenChanges(before, after)) {
      furthest = Math.max(furthest, to);
      for (let seq = from; !hidden && seq <= to && shown.length < FETCHED_MAX; seq++) shown.push(seq);
    }
    if (furthest === 0) return;
    const { store } = this.#deps;
    if (!store.reconsider(conversationId, furthest)) this.#doubtful.add(conversationId);
    const window = store.windows.get(conversationId);
    for (const seq of window ? shown : [])
      if (window && runAt(window.runs, seq) && !window.at(seq)) this.#deps.fetch(window, seq);
    this.#deps.changed(conversationId);
  }

  /** The server has told the record: what it counts is as it should be now. */
  handleConfirmed(conversationId: string): void {
    if (this.#doubtful.delete(conversationId)) this.#deps.needHead(conversationId);
  }

  clear(): void {
    this.#ranges.clear();
    this.#doubtful.clear();
  }
}

/** What is hidden, or shown again: the later word counts. */
export interface HiddenChange {
  readonly hide: readonly number[];
  readonly show: readonly number[];
}

export const layHidden = (
  value: { readonly ranges: readonly SeqRange[] } | undefined,
  { hide, show }: HiddenChange,
): { ranges: [number, number][] } | undefined => {
  const ranges = changeHidden(value?.ranges ?? [], hide, show);
  return ranges.length > 0 ? { ranges: ranges.map(([from, to]) => [from, to]) } : undefined;
};

export function joinHidden(earlier: HiddenChange, later: HiddenChange): HiddenChange {
  const without = (seqs: readonly number[], others: readonly number[]): number[] => {
    const gone = new Set(others);
    return seqs.filter((seq) => !gone.has(seq));
  };
  return {
    hide: [...new Set([...without(earlier.hide, later.show), ...later.hide])],
    show: [...new Set([...without(earlier.show, later.hide), ...later.show])],
  };
}

/** In pieces that one command may name. */
export function* piecesOf({ hide, show }: HiddenChange): Generator<{ hide: number[]; show: number[] }> {
  const most = limits.hideAtOnce;
  for (let at = 0; at === 0 || at < Math.max(hide.length, show.length); at += most)
    yield { hide: hide.slice(at, at + most), show: show.slice(at, at + most) };
}
