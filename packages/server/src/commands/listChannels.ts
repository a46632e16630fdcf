import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { channelPage } from '../store/conversations.ts';

export const listChannels: Handler<'listChannels'> = (services, caller, { query, cursor, limit }) =>
  channelPage(
    services.database.db,
    caller.tenantId,
    caller.userId,
    query ?? '',
    cursor,
    limit ?? limits.pageDefault,
  );
