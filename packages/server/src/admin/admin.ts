/**
 * What a host's backend does in its tenant: the answers to `adminCalls`. It stands above the members of a group or channel; what
 * two people say to each other it neither sees nor changes.
 */
import { type AdminCalls, type Answers, KithError, limits } from '@kith/protocol';
import { z } from 'zod';
import type { Embed } from '../accounts/embed/embed.ts';
import type { ApiCaller } from '../accounts/tenants/apiKeys.ts';
import type { TenantBook } from '../accounts/tenants/book.ts';
import { earlierMarks, heldMembership, letIn, letOut } from '../commands/access.ts';
import { bury } from '../deletion/erasePerson.ts';
import type { HeldConversation } from '../log/change.ts';
import { demand, judge } from '../policy/policy.ts';
import type { Services } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { decodeCursor, encodeCursor } from '../store/cursor.ts';
import { isUniqueViolation } from '../store/database.ts';
import { planDeletion } from '../store/deletion.ts';
import { historyPage } from '../store/messages.ts';
import { contentColumns, toConversation } from '../store/records.ts';
import { sharedConversations } from '../store/sharedConversations.ts';

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
  const idsOf = async (tenantId: number, subs: readonly string[]): Promise<Map<string, string>> => {
    const found = await people.bySubs(tenantId, subs);
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

  /** @throws KithError not_found: for what is between two people, too. */
  const shared = async (tenantId: number, conversationId: string) => {
    const row = await conversationRow(db, tenantId, conversationId);
    if (!row || row.kind === 'direct') throw new KithError('not_found');
    return row;
  };

  const changing = async <T>(
    tenantId: number,
    conversationId: string,
    work: (held: HeldConversation) => Promise<T>,
  ): Promise<T> => {
    await shared(tenantId, conversationId);
    return conversationLog.change(tenantId, conversationId, work);
  };

  return {
    upsertPeople: async ({ tenantId }, { people: wanted }) => {
      const made: { sub: string; userId: string }[] = [];
      // One after the other: a backend that names somebody twice says the last word last.
      for (const { sub, name, role } of wanted)
        made.push({ sub, userId: (await people.upsert(tenantId, { sub, name, role })).userId });
      return { people: made };
    },
    listPeople: async ({ tenantId }, { cursor, limit = limits.pageDefault }) => {
      const after = cursor === undefined ? '' : decodeCursor(TextCursor, cursor)[0];
      const rows = await people.page(tenantId, after, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return { people: page, next: rows.length > limit && last ? encodeCursor([last.sub]) : null };
    },
    revokePerson: async ({ tenantId }, { sub }) => ({ revoked: await embed.revoke(tenantId, sub) }),
    deletePerson: async ({ tenantId }, { sub, messages }) => {
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
    openConversation: async ({ tenantId }, { conversationId, kind, name, owner, members }) => {
      const ids = await idsOf(tenantId, [...members, ...(owner === undefined ? [] : [owner])]);
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
    listConversations: async ({ tenantId }, { cursor, limit = limits.pageDefault }) => {
      const after = cursor === undefined ? null : decodeCursor(IdCursor, cursor)[0];
      const found = await sharedConversations(db, tenantId, after, limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return { conversations: page, next: found.length > limit && last ? encodeCursor([last.id]) : null };
    },
    addPeople: async ({ tenantId }, { conversationId, members }) => {
      await shared(tenantId, conversationId);
      const ids = [...(await idsOf(tenantId, members)).values()];
      const by = await serviceOf(tenantId);
      const { added, marks } = await changing(tenantId, conversationId, async (held) => {
        const entered = await letIn(held, ids);
        if (entered.length > 0) await held.appendSystem(by, { type: 'added', userIds: entered });
        return { added: entered.length, marks: await earlierMarks(held, entered) };
      });
      announcer.receipts(tenantId, conversationId, marks);
      return { added };
    },
    removePeople: async ({ tenantId }, { conversationId, members }) => {
      await shared(tenantId, conversationId);
      const ids = [...(await idsOf(tenantId, members)).values()];
      const by = await serviceOf(tenantId);
      const removed = await changing(tenantId, conversationId, async (held) => {
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
    postMessage: async ({ tenantId }, { conversationId, messageId, text, as }) => {
      await shared(tenantId, conversationId);
      const by = as === undefined ? await serviceOf(tenantId) : ((await idsOf(tenantId, [as])).get(as) ?? '');
      await book.admit(tenantId, 'sendMessage', {});
      return changing(tenantId, conversationId, async (held) => {
        if (as !== undefined)
          demand(judge('send', await heldMembership(held, by)), 'This person cannot write there.');
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
    exportMessages: async ({ tenantId }, { conversationId, after, limit = limits.pageDefault }) => {
      const row = await shared(tenantId, conversationId);
      // As somebody who is no member sees it: without choices of anybody's own.
      const userId = await serviceOf(tenantId);
      const view = { tenantId, conversationId, userId, visibleAfter: 0 };
      const messages = await historyPage(db, view, { after }, limit);
      const last = messages.at(-1);
      return { messages, next: last && last.seq < row.last_seq ? last.seq : null };
    },
  };
}
