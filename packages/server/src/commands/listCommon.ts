import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { commonPage } from '../store/conversations.ts';

export const listCommon: Handler<'listCommon'> = (services, caller, { userId, cursor, limit }) =>
  commonPage(services.database.db, caller, userId, cursor, limit ?? limits.pageDefault);
