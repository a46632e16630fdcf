import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { reactionPage } from '../store/messages.ts';
import { usersByIds } from '../store/users.ts';
import { visibleMessage } from './access.ts';

export const getReactions: Handler<'getReactions'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view } = await visibleMessage(services, caller, input);
  const page = await reactionPage(
    db,
    view,
    input.messageId,
    input.emoji,
    input.cursor,
    input.limit ?? limits.pageDefault,
  );
  return {
    ...page,
    users: await usersByIds(
      db,
      view.tenantId,
      page.reactions.map((reaction) => reaction.userId),
    ),
  };
};
