/** Loads pages of history into windows. Two timelines that want the same page share one request. */
import type { MessageRecord, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import type { Request } from './request.ts';
import type { Store } from './store/store.ts';
import type { Asked, ConversationWindow, HistoryPage } from './store/window.ts';

/** A screen shows some 15 messages: two or three screens a page. */
export const PAGE = 50;
/** A page is only unusable when thousands of changes came while it was on its way. */
const TRIES = 3;

export interface HistoryDeps {
  readonly store: Store;
  readonly request: Request;
  handleUsers(users: readonly User[]): void;
  handleQuoted(messages: readonly MessageRecord[]): void;
}

export class History {
  readonly #deps: HistoryDeps;
  readonly #loading = new Map<string, Promise<HistoryPage>>();

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  load(window: ConversationWindow, asked: Asked, limit = PAGE): Promise<HistoryPage> {
    const key = `${window.conversationId} ${limit} ${JSON.stringify(asked)}`;
    const running = this.#loading.get(key);
    if (running) return running;
    const loading = this.#load(window, asked, limit).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #load(window: ConversationWindow, asked: Asked, limit: number): Promise<HistoryPage> {
    const { store, request } = this.#deps;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const ticket = window.expectPage();
      try {
        const page = await request('getHistory', {
          conversationId: window.conversationId,
          ...asked,
          limit,
        });
        this.#deps.handleUsers(page.users);
        this.#deps.handleQuoted(page.quoted);
        if (store.handlePage(window, ticket, asked, page)) return page;
      } finally {
        window.forgoPage();
      }
    }
    throw new KithError('unavailable', { message: 'The conversation changes faster than it loads.' });
  }
}
