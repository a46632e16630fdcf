/**
 * The `changes` of conversations, several in one request (`catchUp`): what is wanted at the same moment goes together, so
 * that a device that was away waits for one answer instead of one a conversation. Belongs to one connection.
 */
import type { Output } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import type { Request } from './request.ts';

interface Wanted {
  readonly conversationId: string;
  readonly since: number;
  readonly resolve: (changes: Output<'changes'>) => void;
  readonly reject: (error: unknown) => void;
}

export class Changes {
  readonly #request: Request;
  #wanted: Wanted[] = [];
  #running = false;
  #closed = false;

  constructor(request: Request) {
    this.#request = request;
  }

  /** A page of them. Rejects with KithError, `not_found` where the conversation is not this person's to see. */
  since(conversationId: string, since: number): Promise<Output<'changes'>> {
    if (this.#closed) return Promise.reject(new KithError('unavailable'));
    return new Promise((resolve, reject) => {
      this.#wanted.push({ conversationId, since, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // What is wanted in this turn goes together.
      queueMicrotask(() => void this.#run());
    });
  }

  /** The connection is gone: what was not asked yet is not asked any more. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#wanted) reject(new KithError('unavailable'));
    this.#wanted = [];
  }

  async #run(): Promise<void> {
    while (this.#wanted.length > 0) {
      const some = this.#wanted.slice(0, limits.catchUp);
      this.#wanted = this.#wanted.slice(limits.catchUp);
      const rest = await this.#ask(some);
      if (this.#closed) for (const { reject } of rest) reject(new KithError('unavailable'));
      else this.#wanted.unshift(...rest);
    }
    this.#running = false;
  }

  /** Of a node of an earlier version, which there may be while a service is updated. */
  async #askEach(some: readonly Wanted[]): Promise<Wanted[]> {
    for (const { conversationId, since, resolve, reject } of some) {
      await this.#request('changes', { conversationId, since, limit: limits.pageMax }).then(resolve, reject);
    }
    return [];
  }

  /** Those that are to be asked for again: there was no room for them, or one before them failed. Never rejects. */
  async #ask(some: readonly Wanted[]): Promise<Wanted[]> {
    try {
      const { answers } = await this.#request('catchUp', {
        conversations: some.map(({ conversationId, since }) => ({ conversationId, since })),
      });
      if (answers.length === 0) throw new KithError('internal', { message: 'catchUp does not advance' });
      for (const [index, { changes }] of answers.entries()) {
        if (changes) some[index]?.resolve(changes);
        else some[index]?.reject(new KithError('not_found'));
      }
      return some.slice(answers.length);
    } catch (error) {
      if (error instanceof KithError && error.code === 'unknown_command') return this.#askEach(some);
      // The first is the one that failed; what all suffer from, such as a server that is busy, all are told.
      const alone = error instanceof KithError && (error.code === 'internal' || error.code === 'timeout');
      const [first, ...others] = some;
      first?.reject(error);
      if (alone) return others;
      for (const { reject } of others) reject(error);
      return [];
    }
  }
}
