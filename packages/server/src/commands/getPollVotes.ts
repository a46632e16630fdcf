import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { votePage } from '../store/polls.ts';
import { usersByIds } from '../store/users.ts';
import { visibleMessage } from './access.ts';

export const getPollVotes: Handler<'getPollVotes'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view, message } = await visibleMessage(services, caller, input);
  const { body } = message;
  const attachment =
    body.type === 'content' && body.content.type === 'plain' ? body.content.attachment : undefined;
  if (attachment?.type !== 'poll') throw new KithError('conflict', { message: 'There is no poll.' });
  if (attachment.anonymous) {
    throw new KithError('forbidden', { message: 'This poll is anonymous: nobody is told who chose what.' });
  }
  const { tenantId, conversationId } = view;
  const key = { tenantId, conversationId, messageId: input.messageId };
  const page = await votePage(db, key, input.option, input.cursor, input.limit ?? limits.pageDefault);
  const voters = page.votes.map((vote) => vote.userId);
  return { ...page, users: await usersByIds(db, tenantId, voters) };
};
