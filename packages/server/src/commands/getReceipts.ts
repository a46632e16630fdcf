import { limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { receiptPage } from '../store/receipts.ts';
import { usersByIds } from '../store/users.ts';
import { visibleMessage } from './access.ts';

export const getReceipts: Handler<'getReceipts'> = async (services, caller, input) => {
  const { db } = services.database;
  const { view, message } = await visibleMessage(services, caller, input);
  const scope = {
    tenantId: view.tenantId,
    conversationId: view.conversationId,
    seq: message.seq,
    authorId: message.authorId,
  };
  const page = await receiptPage(db, scope, input.cursor, input.limit ?? limits.pageDefault);
  return {
    ...page,
    users: await usersByIds(
      db,
      view.tenantId,
      page.receipts.map((receipt) => receipt.userId),
    ),
  };
};
