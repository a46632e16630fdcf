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
    thread: message.thread,
  };
  const page = await receiptPage(db, scope, input.cursor, input.limit ?? limits.pageDefault);
  const facts = await services.privacy.facts(view.tenantId, caller.userId);
  const receipts =
    facts?.receipts === false
      ? page.receipts.map((receipt) => ({ ...receipt, readAt: null }))
      : page.receipts;
  return {
    ...page,
    receipts,
    users: await usersByIds(
      db,
      view.tenantId,
      page.receipts.map((receipt) => receipt.userId),
    ),
  };
};
