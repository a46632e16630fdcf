import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { memberPage } from '../store/members.ts';
import { usersByIds } from '../store/users.ts';
import { readAccess } from './access.ts';

export const listMembers: Handler<'listMembers'> = async (
  services,
  caller,
  { conversationId, query, cursor, limit },
) => {
  await readAccess(services, caller, conversationId);
  const { db } = services.database;
  const page = await memberPage(
    db,
    caller.tenantId,
    conversationId,
    query ?? '',
    cursor,
    limit ?? limits.pageDefault,
  );
  return {
    ...page,
    users: await usersByIds(
      db,
      caller.tenantId,
      page.members.map((member) => member.userId),
    ),
  };
};
