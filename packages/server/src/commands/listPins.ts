import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { pinPage } from '../store/pins.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const listPins: Handler<'listPins'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view } = await readAccess(services, caller, input.conversationId);
  // The revision first: what changes while the page is read is told by an event too.
  const conversation = await conversationRow(db, view.tenantId, view.conversationId);
  if (!conversation) throw new KithError('not_found');
  const { messages, next } = await pinPage(db, view, input.cursor, input.limit ?? limits.pageDefault);
  return {
    messages,
    next,
    users: await usersByIds(db, view.tenantId, peopleOf(messages)),
    rev: conversation.rev,
  };
};
