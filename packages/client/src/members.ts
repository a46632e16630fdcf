/** Who is in a conversation: pages of the server's list, kept in step by the member records that come by. */
import type { ConversationChange, MemberRecord, User } from '@kith/protocol';
import { limits } from '@kith/protocol/limits';
import { asKithError } from './asKithError.ts';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { MemberList, MembersView } from './types.ts';

export interface MembersDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  handleUsers(users: readonly User[]): void;
  user(id: string): User | undefined;
  /** Member records of the conversation, from now on; returns how to stop. */
  listen(conversationId: string, hear: (records: readonly ConversationChange[]) => void): () => void;
}

const rank = { owner: 0, admin: 1, member: 2 } as const;

export class MemberListing implements MemberList {
  readonly view: Cell<MembersView>;
  readonly #conversationId: string;
  readonly #deps: MembersDeps;
  readonly #members = new Map<string, MemberRecord>();
  readonly #stop: () => void;
  #cursor: string | null | undefined;
  #loading: Promise<void> | undefined;

  constructor(conversationId: string, deps: MembersDeps) {
    this.#conversationId = conversationId;
    this.#deps = deps;
    this.view = new Cell<MembersView>(deps.scheduler, {
      status: 'loading',
      members: [],
      atEnd: false,
      loading: true,
    });
    this.#stop = deps.listen(conversationId, (records) => this.handleRecords(records));
    void this.loadMore();
  }

  handleRecords(records: readonly ConversationChange[]): void {
    let changed = false;
    for (const record of records) {
      if (record.type !== 'member') continue;
      const known = this.#members.get(record.userId);
      if (known && known.rev >= record.rev) continue;
      this.#members.set(record.userId, record);
      changed = true;
    }
    if (changed && this.view.get().status === 'ready') this.#show({});
  }

  loadMore(): Promise<void> {
    if (this.#cursor === null) return Promise.resolve();
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  dispose(): void {
    this.#stop();
  }

  async #load(): Promise<void> {
    this.#show({ loading: true });
    try {
      const page = await this.#deps.request('listMembers', {
        conversationId: this.#conversationId,
        limit: limits.pageDefault,
        ...(this.#cursor && { cursor: this.#cursor }),
      });
      this.#deps.handleUsers(page.users);
      this.#cursor = page.next;
      this.handleRecords(page.members);
      this.#show({ status: 'ready', loading: false, atEnd: page.next === null });
    } catch (cause) {
      const error = asKithError(cause);
      const status = this.view.get().status === 'ready' ? 'ready' : 'failed';
      this.#show({ status, loading: false, error });
    }
  }

  #show(change: Partial<MembersView>): void {
    const { error: _, ...before } = this.view.get();
    const name = (member: MemberRecord) => this.#deps.user(member.userId)?.displayName ?? '';
    const members = [...this.#members.values()]
      .filter((member) => member.state === 'joined')
      .sort(
        (a, b) =>
          rank[a.role] - rank[b.role] || name(a).localeCompare(name(b)) || (a.userId < b.userId ? -1 : 1),
      );
    this.view.set({ ...before, members, ...change });
  }
}
