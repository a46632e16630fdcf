/** Threads of the model server: their pages, who follows them, and what roots tell of their replies. */
import type { Event, Input, MessageRecord, Output, ThreadMark } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { asSeenBy, type Conversation } from './fakeConversation.ts';

/** What the model lends to this part of it. */
export interface ThreadsWorld {
  readonly conversations: ReadonlyMap<string, Conversation>;
  find(id: string): Conversation;
  member(userId: string, id: string): Conversation;
  /** What this member may see. */
  visible(conversation: Conversation, userId: string): MessageRecord[];
  change(conversation: Conversation, make: (rev: number) => MessageRecord[]): void;
  announce(userId: string, event: Event): void;
}

export class FakeThreads {
  /** Who follows a thread and how far they have read, by root and person. */
  readonly #followers = new Map<string, Map<string, { following: boolean; readSeq: number }>>();
  /** How far they say to have read, by root and person. */
  readonly #reads = new Map<string, Map<string, number>>();
  readonly #world: ThreadsWorld;

  constructor(world: ThreadsWorld) {
    this.#world = world;
  }

  get(userId: string, input: Input<'getThread'>): Output<'getThread'> {
    const conversation = this.#world.member(userId, input.conversationId);
    const root = this.root(conversation, userId, input.rootId);
    const { before, after, around, limit = 50 } = input;
    const all = this.#world.visible(conversation, userId).filter(({ thread }) => thread?.rootId === root.id);
    let from = Math.max(0, all.filter(({ seq }) => seq < (before ?? Infinity)).length - limit);
    if (after !== undefined) from = all.filter(({ seq }) => seq <= after).length;
    if (around !== undefined)
      from = Math.max(0, all.filter(({ seq }) => seq < around).length - Math.floor(limit / 2));
    const upTo = before === undefined ? all.length : all.filter(({ seq }) => seq < before).length;
    const to = Math.min(from + limit, upTo);
    return {
      root: asSeenBy(root, userId),
      replies: all.slice(from, to).map((reply) => asSeenBy(reply, userId)),
      quoted: [],
      users: [],
      mark: this.mark(userId, input.conversationId, root.id),
      atStart: from === 0,
      atEnd: to === all.length,
    };
  }

  /** The cursor is a place in the list. */
  list(userId: string, { cursor, limit }: Input<'listThreads'> = {}): Output<'listThreads'> {
    const threads = [...this.#world.conversations.values()].flatMap((conversation) => {
      const member = conversation.members.get(userId);
      if (member?.record.state !== 'joined') return [];
      return this.#world.visible(conversation, userId).flatMap((root) => {
        const mark = this.mark(userId, conversation.record.id, root.id);
        const last = conversation.messages[(root.replies?.lastSeq ?? 0) - 1];
        return mark.following && root.replies && last ? [{ root, last, mark }] : [];
      });
    });
    threads.sort((a, b) => (b.root.replies?.lastAt ?? '').localeCompare(a.root.replies?.lastAt ?? ''));
    const from = Number(cursor ?? 0);
    const to = limit === undefined ? threads.length : from + limit;
    return {
      threads: threads.slice(from, to),
      users: [],
      unread: threads.filter(({ mark }) => mark.unread > 0).length,
      next: to < threads.length ? String(to) : null,
    };
  }

  follow(userId: string, input: Input<'followThread'>): Output<'followThread'> {
    const conversation = this.#world.member(userId, input.conversationId);
    const { id, conversationId } = this.root(conversation, userId, input.rootId);
    const known = this.#followersOf(id).get(userId);
    if ((known?.following ?? false) !== input.following) {
      const readSeq = input.following ? conversation.messages.length : (known?.readSeq ?? 0);
      this.#followersOf(id).set(userId, { following: input.following, readSeq });
      this.#announceThread(userId, conversationId, id);
    }
    return { mark: this.mark(userId, conversationId, id) };
  }

  markRead(userId: string, input: Input<'markThreadRead'>): Output<'markThreadRead'> {
    const conversation = this.#world.member(userId, input.conversationId);
    const { id, conversationId } = this.root(conversation, userId, input.rootId);
    const known = this.#followersOf(id).get(userId);
    const noted = this.#reads.get(id) ?? new Map<string, number>();
    const before = known?.following ? known.readSeq : (noted.get(userId) ?? 0);
    const readSeq = Math.min(input.seq, conversation.messages.length);
    if (readSeq > before) {
      this.#reads.set(id, noted.set(userId, readSeq));
      if (known?.following) {
        known.readSeq = readSeq;
        this.#announceThread(userId, conversationId, id);
      }
      const authors = conversation.messages
        .filter(({ thread, seq }) => thread?.rootId === id && seq > before && seq <= readSeq)
        .map(({ authorId }) => authorId);
      for (const author of new Set(authors))
        if (author !== userId)
          this.#world.announce(author, { type: 'threadRead', conversationId, rootId: id, readSeq });
    }
    return { mark: this.mark(userId, conversationId, id) };
  }

  mark(userId: string, conversationId: string, rootId: string): ThreadMark {
    const conversation = this.#world.find(conversationId);
    const { following, readSeq } = this.#followers.get(rootId)?.get(userId) ?? {
      following: false,
      readSeq: 0,
    };
    const unread = conversation.messages.filter(
      ({ thread, seq, authorId, body }) =>
        following &&
        thread?.rootId === rootId &&
        seq > readSeq &&
        authorId !== userId &&
        body.type === 'content',
    );
    return {
      conversationId,
      rootId,
      rootSeq: conversation.messages.find(({ id }) => id === rootId)?.seq ?? 0,
      following,
      readSeq,
      unread: unread.length,
      mentions: unread.filter(({ mentions, mentionsAll }) => mentionsAll || mentions?.includes(userId))
        .length,
      rev: conversation.rev,
      lastSeq: conversation.messages.length,
      othersReadSeq: this.#othersRead(rootId, userId),
    };
  }

  root(conversation: Conversation, userId: string, id: string): MessageRecord {
    const visible = this.#world.visible(conversation, userId);
    const message = visible.find((each) => each.id === id);
    const root = message?.thread ? visible.find((each) => each.id === message.thread?.rootId) : message;
    if (!root) throw new KithError('not_found');
    return root;
  }

  replied(conversation: Conversation, rootSeq: number, reply: MessageRecord): void {
    this.summarize(conversation, rootSeq);
    const root = conversation.messages[rootSeq - 1]!;
    const followers = this.#followersOf(root.id);
    for (const userId of new Set([reply.authorId, ...(reply.mentions ?? []), root.authorId])) {
      const member = conversation.members.get(userId)?.record;
      const known = followers.get(userId);
      const again = userId === reply.authorId || reply.mentions?.includes(userId);
      if (member?.state !== 'joined' || member.visibleAfter >= rootSeq || (known && !again)) continue;
      if (known?.following) continue;
      followers.set(userId, {
        following: true,
        readSeq: userId === reply.authorId ? reply.seq : reply.seq - 1,
      });
      this.#announceThread(userId, reply.conversationId, root.id);
    }
  }

  summarize(conversation: Conversation, rootSeq: number): void {
    const { replies: _, ...root } = conversation.messages[rootSeq - 1]!;
    const left = conversation.messages.filter(
      ({ thread, body }) => thread?.rootId === root.id && body.type === 'content',
    );
    const last = left.at(-1);
    this.#world.change(conversation, (rev) => {
      conversation.messages[rootSeq - 1] = {
        ...root,
        rev,
        ...(last && {
          replies: {
            count: left.length,
            lastAt: last.createdAt,
            lastSeq: last.seq,
            userIds: [...new Set(left.map(({ authorId }) => authorId).reverse())].slice(
              0,
              limits.threadUsers,
            ),
          },
        }),
      };
      return [conversation.messages[rootSeq - 1]!];
    });
  }

  /** T2: whom an edit names follows as if the first version had named them. */
  edited(conversation: Conversation, before: MessageRecord, after: MessageRecord): void {
    const rootSeq = before.thread?.rootSeq ?? before.seq;
    const root = conversation.messages[rootSeq - 1]!;
    if (!before.thread && !before.replies) return;
    const named = (after.mentions ?? []).filter(
      (userId) => userId !== after.authorId && !before.mentions?.includes(userId),
    );
    for (const userId of named) {
      const member = conversation.members.get(userId)?.record;
      const known = this.#followersOf(root.id).get(userId);
      if (member?.state !== 'joined' || member.visibleAfter >= rootSeq) continue;
      if (known && (known.following || !before.thread)) continue;
      const readSeq = Math.max(known?.readSeq ?? 0, before.thread ? before.seq - 1 : before.seq);
      this.#followersOf(root.id).set(userId, { following: true, readSeq });
      this.#announceThread(userId, before.conversationId, root.id);
    }
  }

  #othersRead(rootId: string, userId: string): number {
    const others = [...(this.#reads.get(rootId) ?? [])].filter(([id]) => id !== userId);
    return Math.max(0, ...others.map(([, seq]) => seq));
  }

  #followersOf(rootId: string) {
    const followers =
      this.#followers.get(rootId) ?? new Map<string, { following: boolean; readSeq: number }>();
    this.#followers.set(rootId, followers);
    return followers;
  }

  #announceThread(userId: string, conversationId: string, rootId: string): void {
    this.#world.announce(userId, { type: 'thread', mark: this.mark(userId, conversationId, rootId) });
  }
}
