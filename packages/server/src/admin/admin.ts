/**
 * What a host's backend does in its tenant: the answers to `adminCalls`. It stands above the members of a group or channel; what
 * two people say to each other it neither sees nor changes.
 */
import { type AdminCalls, type Answers, isId, KithError, limits } from '@kith/protocol';
import { z } from 'zod';
import type { Embed } from '../accounts/embed/embed.ts';
import type { ApiCaller } from '../accounts/tenants/apiKeys.ts';
import type { TenantBook } from '../accounts/tenants/book.ts';
import { earlierMarks, heldMembership, letIn, letOut } from '../commands/access.ts';
import { bury } from '../deletion/erasePerson.ts';
import type { HeldConversation } from '../log/change.ts';
import { type Action, demand, judge } from '../policy/policy.ts';
import type { Services } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { decodeCursor, encodeCursor } from '../store/cursor.ts';
import { isUniqueViolation } from '../store/database.ts';
import { planDeletion } from '../store/deletion.ts';
import { historyPage } from '../store/messages.ts';
import { contentColumns, toConversation } from '../store/records.ts';
import { sharedConversations } from '../store/sharedConversations.ts';
import { membershipsIn } from '../store/subscriptions.ts';
import { searchUsers, usersByIds } from '../store/users.ts';

export type Admin = Answers<AdminCalls, ApiCaller>;

interface AdminOptions {
  readonly services: Pick<Services, 'database' | 'conversationLog' | 'announcer' | 'dueWork'>;
  readonly embed: Pick<Embed, 'people' | 'revoke'>;
  readonly book: Pick<TenantBook, 'admit'>;
}

/** Who speaks where nobody is named. No token can be of this name. */
const SERVICE = 'kith:service';
const TextCursor = z.tuple([z.string().max(200)]);
const IdCursor = z.tuple([z.uuid()]);

export function createAdmin({ services, embed, book }: AdminOptions): Admin {
  const { database, conversationLog, announcer } = services;
  const { people } = embed;
  const { db } = database;

  /** Ids of all of them. @throws KithError not_found, naming who is missing. */
  const idsOf = async (
    { tenantId, hosted }: ApiCaller,
    subs: readonly string[],
  ): Promise<Map<string, string>> => {
    // Where no host knows them, people go by their ids.
    const found = hosted
      ? await people.bySubs(tenantId, subs)
      : new Map((await usersByIds(db, tenantId, subs.filter(isId))).map(({ id }) => [id, id]));
    const missing = subs.filter((sub) => !found.has(sub));
    if (missing.length > 0)
      throw new KithError('not_found', {
        message: 'There are no such people.',
        fields: missing.slice(0, 10).map((sub) => ({ path: sub, message: 'is not known here' })),
      });
    return found;
  };

  const serviceOf = async (tenantId: number): Promise<string> =>
    (
      (await people.find(tenantId, SERVICE)) ??
      (await people.upsert(tenantId, { sub: SERVICE, name: 'Service' }))
    ).userId;

  /**
   * What a key reaches: of a host, all groups and channels. Where people have accounts, what they say is theirs: it reaches what the
   * service was let into, and to read, public channels. @throws KithError not_found: for what is between two people, too.
   */
  const shared = async ({ tenantId, hosted }: ApiCaller, conversationId: string, toRead = false) => {
    const row = await conversationRow(db, tenantId, conversationId);
    if (!row || row.kind === 'direct') throw new KithError('not_found');
    if (hosted) return { row, visibleAfter: 0 };
    const [found] = await membershipsIn(db, tenantId, await serviceOf(tenantId), [conversationId]);
    if (found?.member.state === 'joined') return { row, visibleAfter: found.member.visibleAfter };
    if (toRead && row.kind === 'channel' && row.visibility === 'public') return { row, visibleAfter: 0 };
    throw new KithError('not_found');
  };

  /** A host stands above its members; elsewhere the service is one of them, with the rights it has there. */
  const demandRight = async (
    { hosted }: ApiCaller,
    held: HeldConversation,
    by: string,
    action: Action,
  ): Promise<void> => {
    if (!hosted) demand(judge(action, await heldMembership(held, by)));
  };

  /** @throws KithError forbidden where people have accounts: they act for themselves. */
  const demandHosted = ({ hosted }: ApiCaller): void => {
    if (!hosted) throw new KithError('forbidden', { message: 'People have accounts of their own here.' });
  };

  return {
    upsertPeople: async (caller, { people: wanted }) => {
      demandHosted(caller);
      const { tenantId } = caller;
      const made: { sub: string; userId: string }[] = [];
      // One after the other: a backend that names somebody twice says the last word last.
      for (const person of wanted)
        made.push({ sub: person.sub, userId: (await people.upsert(tenantId, person)).userId });
      return { people: made };
    },
    listPeople: async ({ tenantId, hosted }, { cursor, limit = limits.pageDefault }) => {
      if (!hosted) {
        const { users, next } = await searchUsers(db, tenantId, '', cursor, limit);
        return { people: users.map((user) => ({ sub: user.id, user })), next };
      }
      const after = cursor === undefined ? '' : decodeCursor(TextCursor, cursor)[0];
      const rows = await people.page(tenantId, after, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { people: page, next: rows.length > limit && last ? encodeCursor([last.sub]) : null };
    },
    revokePerson: async (caller, { sub }) => {
      demandHosted(caller);
      return { revoked: await embed.revoke(caller.tenantId, sub) };
    },
    deletePerson: async (caller, { sub, messages }) => {
      demandHosted(caller);
      const { tenantId } = caller;
      const found = await people.find(tenantId, sub);
      if (!found) throw new KithError('not_found', { message: 'There is no such person.' });
      const { userId } = found;
      const at = new Date();
      await db.transaction().execute((trx) => planDeletion(trx, { tenantId, userId }, { at, messages }));
      // At once they are nobody; the rest is due work.
      await bury(services, { tenantId, userId }, at.getTime());
      services.dueWork.plan(at.getTime());
      return { userId };
    },
    openConversation: async (caller, { conversationId, kind, name, owner, members }) => {
      const { tenantId } = caller;
      if (owner !== undefined) demandHosted(caller);
      const ids = await idsOf(caller, [...members, ...(owner === undefined ? [] : [owner])]);
      const by = owner === undefined ? await serviceOf(tenantId) : (ids.get(owner) ?? '');
      // S7: repeating returns the first result.
      const existing = async () => {
        const row = await conversationRow(db, tenantId, conversationId);
        if (row && (row.created_by !== by || row.kind !== kind))
          throw new KithError('conflict', { message: 'This conversation id is taken.' });
        return row && { conversation: toConversation(row) };
      };
      const before = await existing();
      if (before) return before;
      await book.admit(tenantId, 'createConversation', {});
      try {
        await conversationLog.create(
          tenantId,
          {
            id: conversationId,
            kind,
            visibility: 'private',
            history: 'all',
            name,
            topic: '',
            directKey: null,
            createdBy: by,
          },
          async (held) => {
            await letIn(held, [by], 'owner');
            await held.appendSystem(by, { type: 'created' });
            const added = await letIn(
              held,
              members.flatMap((sub) => ids.get(sub) ?? []),
            );
            if (added.length > 0) await held.appendSystem(by, { type: 'added', userIds: added });
          },
        );
      } catch (error) {
        // Meanwhile, by a repetition.
        if (!isUniqueViolation(error)) throw error;
      }
      const made = await existing();
      if (!made) throw new KithError('unavailable');
      return made;
    },
    listConversations: async ({ tenantId, hosted }, { cursor, limit = limits.pageDefault }) => {
      const after = cursor === undefined ? null : decodeCursor(IdCursor, cursor)[0];
      const found = await sharedConversations(
        db,
        tenantId,
        after,
        limit + 1,
        hosted ? null : await serviceOf(tenantId),
      );
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return { conversations: page, next: found.length > limit && last ? encodeCursor([last.id]) : null };
    },
    addPeople: async (caller, { conversationId, members }) => {
      const { tenantId } = caller;
      await shared(caller, conversationId);
      const ids = [...(await idsOf(caller, members)).values()];
      const by = await serviceOf(tenantId);
      const { added, marks } = await conversationLog.change(tenantId, conversationId, async (held) => {
        await demandRight(caller, held, by, 'addMembers');
        const entered = await letIn(held, ids);
        if (entered.length > 0) await held.appendSystem(by, { type: 'added', userIds: entered });
        return { added: entered.length, marks: await earlierMarks(held, entered) };
      });
      announcer.receipts(tenantId, conversationId, marks);
      return { added };
    },
    removePeople: async (caller, { conversationId, members }) => {
      const { tenantId } = caller;
      await shared(caller, conversationId);
      const ids = [...(await idsOf(caller, members)).values()];
      const by = await serviceOf(tenantId);
      const removed = await conversationLog.change(tenantId, conversationId, async (held) => {
        await demandRight(caller, held, by, 'removeMembers');
        const present = (await held.members(ids)).filter(({ state }) => state === 'joined');
        if (present.some(({ role }) => role === 'owner'))
          throw new KithError('conflict', { message: 'The owner has to hand it over first.' });
        for (const { user_id: userId } of present) {
          await letOut(held, userId, 'removed');
          await held.appendSystem(by, { type: 'removed', userId });
        }
        return present.length;
      });
      return { removed };
    },
    postMessage: async (caller, { conversationId, messageId, text, as }) => {
      const { tenantId } = caller;
      // Nobody with an account is spoken for.
      if (as !== undefined) demandHosted(caller);
      await shared(caller, conversationId);
      const by = as === undefined ? await serviceOf(tenantId) : ((await idsOf(caller, [as])).get(as) ?? '');
      await book.admit(tenantId, 'sendMessage', {});
      return conversationLog.change(tenantId, conversationId, async (held) => {
        if (as !== undefined)
          demand(judge('send', await heldMembership(held, by)), 'This person cannot write there.');
        await demandRight(caller, held, by, 'send');
        // S7: repeating returns the first result.
        const earlier = await held.message(messageId);
        if (earlier) {
          if (earlier.author_id !== by)
            throw new KithError('conflict', { message: 'This message id is taken.' });
          return { messageId, seq: earlier.seq, createdAt: earlier.created_at.toISOString() };
        }
        const { seq, createdAt } = await held.appendMessage({
          id: messageId,
          author_id: by,
          kind: 'content',
          ...contentColumns({ type: 'plain', text }),
          reply_id: null,
          reply_seq: null,
          mentions: null,
          mentions_all: false,
        });
        return { messageId, seq, createdAt };
      });
    },
    exportMessages: async (caller, { conversationId, after, limit = limits.pageDefault }) => {
      const { tenantId } = caller;
      const { row, visibleAfter } = await shared(caller, conversationId, true);
      // As somebody who is no member sees it: without choices of anybody's own.
      const userId = await serviceOf(tenantId);
      const view = { tenantId, conversationId, userId, visibleAfter };
      const messages = await historyPage(db, view, { after }, limit);
      const last = messages.at(-1);
      return { messages, next: last && last.seq < row.last_seq ? last.seq : null };
    },
  };
}
