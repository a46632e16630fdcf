/**
 * Which messages are news: each is told once, whatever brings it first. The answer to a request may overtake the event of a
 * message that it contains already, and events may overtake each other. What came while there was no connection is no news.
 */
import type { MessageRecord } from '@kith/protocol';

interface Told {
  /** All up to this seq are told, or no news. */
  upTo: number;
  /** Told ahead of what has yet to come. */
  readonly ahead: Set<number>;
}

/** What an event that was lost would have told leaves a gap; of so many later ones it is not waited for any more. */
const AHEAD_MAX = 100;

export class News {
  /** By conversation. */
  readonly #told = new Map<string, Told>();

  /** Up to here there is no news, unless more is known of this conversation. */
  begin(id: string, seq: number): void {
    if (!this.#told.has(id)) this.#told.set(id, { upTo: seq, ahead: new Set() });
  }

  /** What stands up to here came while there was no connection. */
  skip(id: string, seq: number): void {
    this.begin(id, seq);
    const told = this.#told.get(id);
    if (told && seq > told.upTo) this.#advance(told, seq);
  }

  /** Those of `messages` that are news, in order; from then on they are not. */
  take(id: string, messages: readonly MessageRecord[]): readonly MessageRecord[] {
    const told = this.#told.get(id);
    if (!told) return [];
    const news = messages.filter(({ seq }) => seq > told.upTo && !told.ahead.has(seq));
    for (const { seq } of news) told.ahead.add(seq);
    this.#advance(told, told.upTo);
    return news.sort((a, b) => a.seq - b.seq);
  }

  forget(id: string): void {
    this.#told.delete(id);
  }

  #advance(told: Told, seq: number): void {
    const { ahead } = told;
    told.upTo = seq;
    for (const one of ahead) if (one <= seq) ahead.delete(one);
    if (ahead.size > AHEAD_MAX) told.upTo = Math.min(...ahead) - 1;
    while (ahead.delete(told.upTo + 1)) told.upTo += 1;
  }
}
