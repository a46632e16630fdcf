/** What a Kith server knows and answers, in memory: the model that the client is tested against. No sockets here. */
import type {
  Content,
  ConversationChange,
  ConversationKind,
  ConversationRecord,
  Event,
  Head,
  HistoryVisibility,
  Input,
  MemberRecord,
  MessageRecord,
  Output,
  PollResults,
  ReceiptMark,
  User,
} from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { findMentions } from '@kith/protocol/mentions';
import { inMainLine } from '../store/heads.ts';
import { asSeenBy, type Conversation, type Member } from './fakeConversation.ts';
import { FakeThreads } from './fakeThreads.ts';

export type Announce = (userId: string, event: Event) => void;

export class FakeWorld {
  readonly users = new Map<string, User>();
  readonly conversations = new Map<string, Conversation>();
  /** How far `changes` walks before it says reset; small in tests, so that it happens. */
  distance: number = limits.changesDistance;
  #clock = 0;
  readonly threads: FakeThreads;
  readonly #announce: Announce;
  readonly #now: () => number;

  constructor(announce: Announce, now: () => number) {
    this.#announce = announce;
    this.#now = now;
    this.threads = new FakeThreads({
      conversations: this.conversations,
      find: (id) => this.#find(id),
      member: (userId, id) => this.#member(userId, id),
      visible: (conversation, userId) => this.#visible(conversation, conversation.members.get(userId)!),
      change: (conversation, make) => this.#change(conversation, make),
      announce,
    });
  }

  addUser(id: string, name: string): User {
    const user: User = { id, username: name, displayName: name, role: 'member' };
    this.users.set(id, user);
    return user;
  }

  addConversation(
    id: string,
    kind: ConversationKind,
    userIds: readonly string[],
    history: HistoryVisibility = 'all',
  ): void {
    const record: ConversationRecord = {
      type: 'conversation',
      id,
      rev: 1,
      kind,
      visibility: kind === 'channel' ? 'public' : 'private',
      history,
      name: kind,
      topic: '',
      memberCount: 0,
      createdBy: userIds[0]!,
      createdAt: this.#time(),
    };
    const conversation: Conversation = {
      record,
      rev: 1,
      touched: ++this.#clock,
      members: new Map(),
      messages: [],
    };
    this.conversations.set(id, conversation);
    for (const userId of userIds) this.#join(conversation, userId);
  }

  // --- commands -----------------------------------------------------------------------------------------------------

  sendMessage(userId: string, input: Input<'sendMessage'>): Output<'sendMessage'> {
    const conversation = this.#member(userId, input.conversationId);
    const known = conversation.messages.find((message) => message.id === input.messageId);
    if (!known) {
      const seq = conversation.messages.length + 1;
      const { content, forwarded } = this.#said(userId, input);
      const text = content.type === 'plain' && !forwarded ? content.text : '';
      const { userIds, all } = findMentions(text);
      const quoted = conversation.messages.find((message) => message.id === input.replyTo);
      const root =
        input.thread === undefined ? undefined : this.threads.root(conversation, userId, input.thread);
      this.#change(conversation, (rev) => {
        const message: MessageRecord = {
          type: 'message',
          id: input.messageId,
          conversationId: input.conversationId,
          seq,
          rev,
          authorId: userId,
          createdAt: this.#time(),
          body: { type: 'content', content },
          ...(forwarded && { forwarded }),
          ...(userIds.length > 0 && { mentions: [...userIds] }),
          ...(all && { mentionsAll: true as const }),
          ...(quoted && { replyTo: { messageId: quoted.id, seq: quoted.seq } }),
          ...(root && {
            thread: {
              rootId: root.id,
              rootSeq: root.seq,
              ...(input.alsoSend && { alsoSent: true as const }),
            },
          }),
        };
        conversation.messages.push(message);
        return [message];
      });
      if (root) this.threads.replied(conversation, root.seq, conversation.messages[seq - 1]!);
    }
    const { id, seq, rev, createdAt } = conversation.messages.find(
      (message) => message.id === input.messageId,
    )!;
    return { messageId: id, seq, rev, createdAt };
  }

  editMessage(userId: string, input: Input<'editMessage'>): Output<'editMessage'> {
    const { userIds, all } = findMentions(input.content.type === 'plain' ? input.content.text : '');
    const conversation = this.#member(userId, input.conversationId);
    const before = conversation.messages.find(({ id }) => id === input.messageId);
    const answer = this.#changeMessage(userId, input, (message) => {
      const { mentions: _, mentionsAll: __, ...rest } = message;
      return {
        ...rest,
        body: { type: 'content', content: input.content },
        edited: { at: this.#time(), count: (message.edited?.count ?? 0) + 1 },
        ...(userIds.length > 0 && { mentions: [...userIds] }),
        ...(all && { mentionsAll: true as const }),
      };
    });
    if (before) this.threads.edited(conversation, before, answer.message);
    return answer;
  }

  deleteMessage(userId: string, input: Input<'deleteMessage'>): Output<'deleteMessage'> {
    const deleted = this.#changeMessage(
      userId,
      input,
      ({ type, id, conversationId, seq, rev, authorId, createdAt, thread, replies }) => ({
        type,
        id,
        conversationId,
        seq,
        rev,
        authorId,
        createdAt,
        body: { type: 'deleted', at: this.#time(), by: userId },
        ...(thread && { thread }),
        ...(replies && { replies }),
      }),
    );
    const { thread } = deleted.message;
    if (thread) this.threads.summarize(this.#find(input.conversationId), thread.rootSeq);
    return deleted;
  }

  react(userId: string, input: Input<'addReaction'>, on: boolean): Output<'addReaction'> {
    return this.#changeMessage(userId, input, (message) => {
      const { reactions = [], ...rest } = message;
      const known = reactions.find(({ emoji }) => emoji === input.emoji);
      if ((known?.userIds.includes(userId) ?? false) === on) return message;
      const others = (known?.userIds ?? []).filter((id) => id !== userId);
      const userIds = on ? [userId, ...others] : others;
      const changed = { emoji: input.emoji, count: userIds.length, userIds };
      const next = known
        ? reactions.map((reaction) => (reaction === known ? changed : reaction))
        : [...reactions, changed];
      const left = next.filter(({ count }) => count > 0);
      return { ...rest, ...(left.length > 0 && { reactions: left }) };
    });
  }

  vote(userId: string, input: Input<'votePoll'>): Output<'votePoll'> {
    return this.#changeMessage(userId, input, (message) => {
      const poll = this.#poll(message);
      if (input.options.some((option) => option >= poll.options.length)) throw new KithError('bad_input');
      const before = poll.options.flatMap(({ userIds }, place) => (userIds?.includes(userId) ? [place] : []));
      if (before.join() === [...input.options].sort((a, b) => a - b).join()) return message;
      if (poll.closed) throw new KithError('conflict');
      const options = poll.options.map(({ userIds = [] }, place) => {
        const others = userIds.filter((id) => id !== userId);
        const next = !input.options.includes(place)
          ? others
          : before.includes(place)
            ? userIds
            : [userId, ...others];
        return { count: next.length, userIds: next };
      });
      const voters = new Set(options.flatMap(({ userIds }) => userIds)).size;
      const { poll: _, ...rest } = message;
      return voters > 0 ? { ...rest, poll: { options, voters } } : rest;
    });
  }

  closePoll(userId: string, input: Input<'closePoll'>): Output<'closePoll'> {
    return this.#changeMessage(userId, input, (message) => {
      const poll = this.#poll(message);
      return poll.closed
        ? message
        : { ...message, poll: { ...poll, closed: { at: this.#time(), by: userId } } };
    });
  }

  pin(userId: string, input: Input<'pinMessage'>, on: boolean): Output<'pinMessage'> {
    return this.#changeMessage(userId, input, (message) => {
      if ((message.pinned !== undefined) === on) return message;
      const { pinned: _, ...rest } = message;
      return on ? { ...rest, pinned: { at: this.#time(), by: userId } } : rest;
    });
  }

  listPins(userId: string, { conversationId }: Input<'listPins'>): Output<'listPins'> {
    const messages = this.visibleTo(userId, conversationId).filter((message) => message.pinned);
    return { messages: messages.reverse(), users: [], next: null, rev: this.#find(conversationId).rev };
  }

  rename(userId: string, input: Input<'updateConversation'>): Output<'updateConversation'> {
    const conversation = this.#member(userId, input.conversationId);
    this.#change(conversation, (rev) => {
      conversation.record = { ...conversation.record, rev, name: input.name ?? '' };
      return [conversation.record];
    });
    return { conversation: conversation.record };
  }

  join(userId: string, conversationId: string): Output<'joinChannel'> {
    const conversation = this.#find(conversationId);
    if (conversation.members.get(userId)?.record.state !== 'joined') this.#join(conversation, userId);
    return { head: this.head(userId, conversationId)!, users: [] };
  }

  leave(userId: string, conversationId: string): Output<'leaveConversation'> {
    const conversation = this.#member(userId, conversationId);
    const member = conversation.members.get(userId)!;
    this.#change(conversation, (rev) => {
      member.record = { ...member.record, rev, state: 'left' };
      member.touched = ++this.#clock;
      conversation.record = { ...conversation.record, rev, memberCount: conversation.record.memberCount - 1 };
      return [member.record, conversation.record];
    });
    this.#announce(userId, { type: 'left', membership: member.record });
    return { membership: member.record };
  }

  markRead(userId: string, { conversationId, seq }: Input<'markRead'>): Output<'markRead'> {
    const conversation = this.#member(userId, conversationId);
    const member = conversation.members.get(userId)!;
    const readSeq = Math.min(seq, conversation.messages.length);
    if (readSeq > member.readSeq) {
      member.readSeq = readSeq;
      member.deliveredSeq = Math.max(member.deliveredSeq, readSeq);
      member.touched = ++this.#clock;
      const head = this.head(userId, conversationId)!;
      const { unread, mentions, rev } = head;
      this.#announce(userId, {
        type: 'read',
        conversationId,
        readSeq: member.readSeq,
        unread,
        mentions,
        rev,
      });
      this.#announceMark(conversation, member);
    }
    const { unread, mentions, rev } = this.head(userId, conversationId)!;
    return { readSeq: member.readSeq, unread, mentions, rev };
  }

  markDelivered(userId: string, { marks }: Input<'markDelivered'>): Output<'markDelivered'> {
    for (const { conversationId, seq } of marks) {
      const conversation = this.conversations.get(conversationId);
      const member = conversation?.members.get(userId);
      if (!conversation || member?.record.state !== 'joined') continue;
      const deliveredSeq = Math.min(seq, conversation.messages.length);
      if (deliveredSeq <= member.deliveredSeq) continue;
      member.deliveredSeq = deliveredSeq;
      this.#announceMark(conversation, member);
    }
    return {};
  }

  // --- questions ----------------------------------------------------------------------------------------------------

  head(userId: string, conversationId: string): Head | undefined {
    const conversation = this.conversations.get(conversationId);
    const member = conversation?.members.get(userId);
    if (!conversation || member?.record.state !== 'joined') return undefined;
    const unread = this.#visible(conversation, member).filter(
      (message) =>
        message.seq > member.readSeq &&
        message.authorId !== userId &&
        message.body.type === 'content' &&
        inMainLine(message),
    );
    const mentions = unread.filter((message) => message.mentionsAll || message.mentions?.includes(userId));
    const others = [...conversation.members].filter(
      ([id, { record }]) => id !== userId && record.state === 'joined',
    );
    return {
      conversation: conversation.record,
      membership: member.record,
      rev: conversation.rev,
      lastSeq: conversation.messages.length,
      readSeq: member.readSeq,
      unread: Math.min(unread.length, limits.unreadCap + 1),
      mentions: Math.min(mentions.length, limits.unreadCap + 1),
      preview:
        this.#visible(conversation, member).findLast(
          (message) => message.body.type !== 'deleted' && inMainLine(message),
        ) ?? null,
      othersDeliveredSeq: Math.max(0, ...others.map(([, other]) => other.deliveredSeq)),
      othersReadSeq: Math.max(0, ...others.map(([, other]) => other.readSeq)),
    };
  }

  /** Pages of `size`; the cursor is the moment up to which all is told. */
  sync(userId: string, input: Input<'sync'>, size = 2): Output<'sync'> {
    const since = Number(input.cursor ?? 0);
    const [offset, upTo] = (input.next ?? `0 ${this.#clock}`).split(' ').map(Number) as [number, number];
    const changed = [...this.conversations.values()].filter((conversation) => {
      const member = conversation.members.get(userId);
      return member && Math.max(conversation.touched, member.touched) > since;
    });
    const page = changed.slice(offset, offset + size);
    const heads = page.map(({ record }) => this.head(userId, record.id)).filter((head) => head !== undefined);
    const left = page
      .map(({ members }) => members.get(userId)!.record)
      .filter(({ state }) => state !== 'joined');
    const next = offset + size < changed.length ? `${offset + size} ${upTo}` : null;
    return { heads, users: [], left, full: since === 0, next, cursor: String(upTo) };
  }

  getHeads(userId: string, { conversationIds }: Input<'getHeads'>): Output<'getHeads'> {
    return {
      heads: conversationIds.map((id) => this.head(userId, id)).filter((head) => head !== undefined),
      users: [],
    };
  }

  catchUp(userId: string, { conversations }: Input<'catchUp'>): Output<'catchUp'> {
    // A real server ends an answer by its weight: here after some, so that the rest is asked for again.
    const answers = conversations.slice(0, 3).map(({ conversationId, since }) => {
      const isIn = this.#find(conversationId).members.get(userId)?.record.state === 'joined';
      return { conversationId, changes: isIn ? this.#changes(userId, conversationId, since) : null };
    });
    return { answers };
  }

  #changes(userId: string, conversationId: string, since: number, limit = 50): Output<'changes'> {
    const conversation = this.#member(userId, conversationId);
    if (conversation.rev - since > this.distance) return { type: 'reset', rev: conversation.rev };
    const records = this.#records(conversation, userId)
      .filter((record) => record.rev > since)
      .sort((a, b) => a.rev - b.rev);
    // A page never ends between two records of one revision.
    let end = Math.min(limit, records.length);
    while (end < records.length && records[end]!.rev === records[end - 1]!.rev) end++;
    const more = end < records.length;
    return {
      type: 'changes',
      records: records.slice(0, end),
      users: [],
      rev: more ? records[end - 1]!.rev : conversation.rev,
      more,
    };
  }

  getHistory(userId: string, input: Input<'getHistory'>): Output<'getHistory'> {
    const conversation = this.#member(userId, input.conversationId);
    const { before, after, around, limit = 50 } = input;
    const visible = this.#visible(conversation, conversation.members.get(userId)!);
    let from = Math.max(0, visible.length - limit);
    if (before !== undefined) from = Math.max(0, visible.filter(({ seq }) => seq < before).length - limit);
    if (after !== undefined) from = visible.filter(({ seq }) => seq <= after).length;
    if (around !== undefined)
      from = Math.max(0, visible.filter(({ seq }) => seq < around).length - Math.floor(limit / 2));
    const to =
      before === undefined
        ? from + limit
        : Math.min(from + limit, visible.filter(({ seq }) => seq < before).length);
    const messages = visible.slice(from, to).map((message) => asSeenBy(message, userId));
    return {
      messages,
      quoted: [],
      users: [],
      rev: conversation.rev,
      lastSeq: conversation.messages.length,
      atStart: from === 0,
      atEnd: to >= visible.length,
    };
  }

  getMessages(userId: string, input: Input<'getMessages'>): Output<'getMessages'> {
    const conversation = this.#member(userId, input.conversationId);
    const visible = this.#visible(conversation, conversation.members.get(userId)!);
    const messages = visible.filter(({ id }) => input.messageIds.includes(id));
    return { messages: messages.map((m) => asSeenBy(m, userId)), users: [], rev: conversation.rev };
  }

  marks(userId: string, conversationId: string): ReceiptMark[] {
    const conversation = this.conversations.get(conversationId);
    if (conversation?.members.get(userId)?.record.state !== 'joined') return [];
    return [...conversation.members]
      .filter(([id, { record }]) => id !== userId && record.state === 'joined')
      .map(([id, { deliveredSeq, readSeq }]) => ({ userId: id, deliveredSeq, readSeq }));
  }

  visibleTo(userId: string, conversationId: string): MessageRecord[] {
    const conversation = this.#member(userId, conversationId);
    return this.#visible(conversation, conversation.members.get(userId)!).map((m) => asSeenBy(m, userId));
  }

  /** S11: what anti-entropy would announce: the last revision, as it is now. */
  lastEvent(userId: string, conversationId: string): Event | undefined {
    const conversation = this.conversations.get(conversationId);
    if (conversation?.members.get(userId)?.record.state !== 'joined') return undefined;
    const records = this.#records(conversation, userId).filter(({ rev }) => rev === conversation.rev);
    return { type: 'records', conversationId, from: conversation.rev, to: conversation.rev, records };
  }

  // --- inside -------------------------------------------------------------------------------------------------------

  /** What is sent: said here, or copied from where the sender may look. */
  #said(
    userId: string,
    { content, forward }: Input<'sendMessage'>,
  ): { content: Content; forwarded?: NonNullable<MessageRecord['forwarded']> } {
    if (content) return { content };
    const source = forward && this.#member(userId, forward.conversationId);
    const original = source?.messages.find(({ id }) => id === forward?.messageId);
    if (original?.body.type !== 'content') throw new KithError('not_found');
    const { authorId, createdAt } = original;
    return { content: original.body.content, forwarded: original.forwarded ?? { authorId, createdAt } };
  }

  #poll(message: MessageRecord): PollResults {
    const content = message.body.type === 'content' ? message.body.content : undefined;
    const attachment = content?.type === 'plain' ? content.attachment : undefined;
    if (attachment?.type !== 'poll') throw new KithError('conflict');
    return message.poll ?? { options: attachment.options.map(() => ({ count: 0, userIds: [] })), voters: 0 };
  }

  #join(conversation: Conversation, userId: string): void {
    this.#change(conversation, (rev) => {
      const seq = conversation.messages.length;
      const record: MemberRecord = {
        type: 'member',
        conversationId: conversation.record.id,
        userId,
        rev,
        role: 'member',
        state: 'joined',
        visibleAfter: conversation.record.history === 'joined' ? seq : 0,
        joinedAt: this.#time(),
      };
      conversation.members.set(userId, { record, readSeq: seq, deliveredSeq: seq, touched: ++this.#clock });
      conversation.record = { ...conversation.record, rev, memberCount: conversation.record.memberCount + 1 };
      return [record, conversation.record];
    });
    this.#announce(userId, { type: 'joined', head: this.head(userId, conversation.record.id)!, users: [] });
  }

  #changeMessage(
    userId: string,
    { conversationId, messageId }: { conversationId: string; messageId: string },
    change: (message: MessageRecord) => MessageRecord,
  ): { message: MessageRecord } {
    const conversation = this.#member(userId, conversationId);
    const member = conversation.members.get(userId)!;
    const message = this.#visible(conversation, member).find(({ id }) => id === messageId);
    if (!message) throw new KithError('not_found');
    if (message.body.type !== 'content') throw new KithError('conflict');
    const changed = change(message);
    if (changed !== message) {
      this.#change(conversation, (rev) => {
        conversation.messages[message.seq - 1] = { ...changed, rev };
        return [conversation.messages[message.seq - 1]!];
      });
    }
    return { message: asSeenBy(conversation.messages[message.seq - 1]!, userId) };
  }

  #change(conversation: Conversation, make: (rev: number) => ConversationChange[]): void {
    conversation.rev++;
    conversation.touched = ++this.#clock;
    const records = make(conversation.rev);
    const {
      rev,
      record: { id },
    } = conversation;
    for (const [userId, { record }] of conversation.members) {
      if (record.state !== 'joined') continue;
      // S13: before they came is not theirs to see.
      const seen = records.filter((each) => each.type !== 'message' || each.seq > record.visibleAfter);
      this.#announce(userId, { type: 'records', conversationId: id, from: rev, to: rev, records: seen });
    }
  }

  #announceMark(conversation: Conversation, member: Member): void {
    const { userId, conversationId } = member.record;
    const mark = { userId, deliveredSeq: member.deliveredSeq, readSeq: member.readSeq };
    for (const [other, { record }] of conversation.members) {
      if (record.state === 'joined')
        this.#announce(other, { type: 'receipts', conversationId, marks: [mark] });
    }
  }

  #records(conversation: Conversation, userId: string): ConversationChange[] {
    const members = [...conversation.members.values()].map(({ record }) => record);
    const visible = this.#visible(conversation, conversation.members.get(userId)!);
    return [conversation.record, ...members, ...visible.map((message) => asSeenBy(message, userId))];
  }

  #visible(conversation: Conversation, member: Member): MessageRecord[] {
    return conversation.messages.slice(member.record.visibleAfter);
  }

  #find(id: string): Conversation {
    const conversation = this.conversations.get(id);
    if (!conversation) throw new KithError('not_found');
    return conversation;
  }

  #member(userId: string, id: string): Conversation {
    const conversation = this.#find(id);
    if (conversation.members.get(userId)?.record.state !== 'joined') throw new KithError('not_found');
    return conversation;
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
