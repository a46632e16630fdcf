import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { sharedPage } from '../store/shared.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const listShared: Handler<'listShared'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view } = await readAccess(services, caller, input.conversationId);
  // The revision first: what changes while the page is read is told by an event too.
  const conversation = await conversationRow(db, view.tenantId, view.conversationId);
  if (!conversation) throw new KithError('not_found');
  const { kind, cursor, limit = limits.pageDefault } = input;
  const { messages, next } = await sharedPage(db, view, kind, cursor, limit);
  return {
    messages,
    next,
    users: await usersByIds(db, view.tenantId, peopleOf(messages)),
    rev: conversation.rev,
  };
};
