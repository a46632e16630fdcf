import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { messagesByIds } from '../store/messages.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const getMessages: Handler<'getMessages'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view } = await readAccess(services, caller, input.conversationId);
  const conversation = await conversationRow(db, view.tenantId, view.conversationId);
  if (!conversation) throw new KithError('not_found');
  const messages = await messagesByIds(db, view, input.messageIds);
  return { messages, users: await usersByIds(db, view.tenantId, peopleOf(messages)), rev: conversation.rev };
};
