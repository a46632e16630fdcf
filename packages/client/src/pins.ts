/** What is pinned in a conversation: the server's list, kept in step by the message records that come by. */
import type { ConversationChange, MessageRecord, Output, User } from '@kith/protocol';
import { limits } from '@kith/protocol/limits';
import { asKithError } from './asKithError.ts';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { ConnectionState, PinList, PinsView, Readable } from './types.ts';

export interface PinsDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly connection: Readable<ConnectionState>;
  handleUsers(users: readonly User[]): void;
  /** Whether it is not to be seen: hidden by the person, or over. */
  gone(record: MessageRecord): boolean;
  /** Records of the conversation, from now on; returns how to stop. */
  listen(conversationId: string, hear: (records: readonly ConversationChange[]) => void): () => void;
  /** When other messages are out of sight than before; returns how to stop. */
  hidden(conversationId: string, hear: () => void): () => void;
}

export class PinListing implements PinList {
  readonly view: Cell<PinsView>;
  readonly #conversationId: string;
  readonly #deps: PinsDeps;
  /** Also those that were taken down, so that an older page does not bring them back. */
  readonly #known = new Map<string, MessageRecord>();
  readonly #stops: readonly (() => void)[];
  #loading = false;

  constructor(conversationId: string, deps: PinsDeps) {
    this.#conversationId = conversationId;
    this.#deps = deps;
    this.view = new Cell<PinsView>(deps.scheduler, { status: 'loading', messages: [] });
    this.#stops = [
      deps.listen(conversationId, (records) => this.handleRecords(records)),
      deps.hidden(conversationId, () => {
        if (this.view.get().status === 'ready') this.#show();
      }),
      // While away anything may have been pinned.
      deps.connection.subscribe(() => {
        if (deps.connection.get().type === 'live') void this.#load();
      }),
    ];
    void this.#load();
  }

  handleRecords(records: readonly ConversationChange[]): void {
    let changed = false;
    for (const record of records) {
      if (record.type !== 'message') continue;
      const known = this.#known.get(record.id);
      if (known ? known.rev >= record.rev : !record.pinned) continue;
      this.#known.set(record.id, record);
      changed = true;
    }
    if (changed && this.view.get().status === 'ready') this.#show();
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const pinned = new Set<string>();
      let cursor: string | null = null;
      let rev = 0;
      do {
        const page: Output<'listPins'> = await this.#page(cursor);
        this.#deps.handleUsers(page.users);
        for (const message of page.messages) pinned.add(message.id);
        this.handleRecords(page.messages);
        rev ||= page.rev;
        cursor = page.next;
      } while (cursor !== null);
      // Taken down while nobody told us.
      for (const [id, record] of this.#known)
        if (record.rev <= rev && record.pinned && !pinned.has(id)) this.#known.delete(id);
      this.#show();
    } catch (cause) {
      const error = asKithError(cause);
      if (this.view.get().status !== 'ready') this.view.set({ status: 'failed', messages: [], error });
    } finally {
      this.#loading = false;
    }
  }

  #page(cursor: string | null): Promise<Output<'listPins'>> {
    return this.#deps.request('listPins', {
      conversationId: this.#conversationId,
      limit: limits.pageDefault,
      ...(cursor !== null && { cursor }),
    });
  }

  #show(): void {
    const messages = [...this.#known.values()]
      .filter((record) => record.pinned && !this.#deps.gone(record))
      .sort((a, b) => b.seq - a.seq);
    this.view.set({ status: 'ready', messages });
  }
}
