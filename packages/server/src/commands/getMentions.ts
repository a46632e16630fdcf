import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { mentionsAfter } from '../store/messages.ts';
import { peopleOf, usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const getMentions: Handler<'getMentions'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view } = await readAccess(services, caller, input.conversationId);
  const messages = await mentionsAfter(db, view, input.after, input.limit ?? limits.pageDefault);
  return { messages, users: await usersByIds(db, view.tenantId, peopleOf(messages)) };
};
