/**
 * The `changes` of conversations, several in one request (`catchUp`): what is wanted at the same moment goes together, so
 * that a device that was away waits for one answer instead of one a conversation.
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

  constructor(request: Request) {
    this.#request = request;
  }

  /** A page of them. Rejects with KithError, `not_found` where the conversation is not this person's to see. */
  since(conversationId: string, since: number): Promise<Output<'changes'>> {
    return new Promise((resolve, reject) => {
      this.#wanted.push({ conversationId, since, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // What is wanted in this turn goes together.
      queueMicrotask(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#wanted.length > 0) {
      const some = this.#wanted.slice(0, limits.catchUp);
      this.#wanted = this.#wanted.slice(limits.catchUp);
      this.#wanted.unshift(...(await this.#ask(some)));
    }
    this.#running = false;
  }

  /** Those for which there was no room in the answer. Never rejects. */
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
      for (const { reject } of some) reject(error);
      return [];
    }
  }
}
