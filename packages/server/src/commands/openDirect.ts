import { KithError, type OwnRecordOf } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { directConversationId, directKey } from '../store/conversations.ts';
import { isUniqueViolation } from '../store/database.ts';
import { blockersOfTwo, noteBlock } from '../store/privacy.ts';
import { beginRequest } from '../store/requests.ts';
import { demandPeople, enteredHead, letIn } from './access.ts';
import { isStranger, tellRequest } from './requests.ts';

export const openDirect: Handler<'openDirect'> = async (services, caller, { conversationId, userId }) => {
  const { tenantId } = caller;
  const { db } = services.database;
  const key = directKey(caller.userId, userId);
  const existing = await directConversationId(db, tenantId, key);
  if (existing) return enteredHead(services, caller, existing);
  await demandPeople(services, caller, [userId]);
  await services.newcomers.demand(caller, 'contact', [userId]);
  const isRequest = await isStranger(services, caller, userId);
  let request: OwnRecordOf<'request'> | null = null;
  try {
    await services.conversationLog.create(
      tenantId,
      {
        id: conversationId,
        kind: 'direct',
        visibility: 'private',
        history: 'all',
        name: '',
        topic: '',
        directKey: key,
        createdBy: caller.userId,
      },
      async (held) => {
        const blockers = await blockersOfTwo(held.trx, tenantId, caller.userId, userId, isRequest);
        if (blockers.includes(userId))
          throw new KithError('forbidden', { message: 'You cannot write to this person.' });
        await letIn(held, [caller.userId, userId]);
        if (blockers.length > 0) await noteBlock(held.trx, tenantId, key, caller.userId, true);
        if (isRequest) request = await beginRequest(held.trx, held.row, { to: userId, by: caller.userId });
      },
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Both opened it at once: the first to commit made it. Otherwise the id is another conversation's.
    const made = await directConversationId(db, tenantId, key);
    if (!made) throw new KithError('conflict', { message: 'This conversation id is taken.' });
    return enteredHead(services, caller, made);
  }
  if (request) tellRequest(services, tenantId, userId, request);
  return enteredHead(services, caller, conversationId);
};
