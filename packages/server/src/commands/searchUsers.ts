import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { searchUsers as search } from '../store/users.ts';

export const searchUsers: Handler<'searchUsers'> = (services, caller, { query, cursor, limit }) =>
  search(
    services.database.db,
    caller.tenantId,
    query ?? '',
    cursor,
    limit ?? limits.pageDefault,
    caller.guest ? caller.userId : null,
  );
