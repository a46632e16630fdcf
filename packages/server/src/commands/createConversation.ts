import { KithError, type ParsedInput } from '@kith/protocol';
import type { Caller, Handler, Services } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { isUniqueViolation } from '../store/database.ts';
import { demandAddable, demandPeople, enteredHead, letIn } from './access.ts';

export const createConversation: Handler<'createConversation'> = async (services, caller, input) => {
  // S7: before anything that may have become otherwise since.
  if (await isMade(services, caller, input)) return enteredHead(services, caller, input.conversationId);
  const others = input.userIds.filter((userId) => userId !== caller.userId);
  await demandPeople(services, caller, others);
  await demandAddable(services, caller, others);
  await services.newcomers.demand(caller, 'add', others);
  try {
    await create(services, caller, input, others);
  } catch (error) {
    // Meanwhile, by a repetition.
    if (!isUniqueViolation(error) || !(await isMade(services, caller, input))) throw error;
  }
  return enteredHead(services, caller, input.conversationId);
};

const create = (
  services: Services,
  caller: Caller,
  input: ParsedInput<'createConversation'>,
  others: readonly string[],
): Promise<void> =>
  services.conversationLog.create(
    caller.tenantId,
    {
      id: input.conversationId,
      kind: input.kind,
      visibility: input.kind === 'channel' ? input.visibility : 'private',
      history: input.history,
      name: input.name,
      topic: input.kind === 'channel' ? input.topic : '',
      directKey: null,
      createdBy: caller.userId,
    },
    async (held) => {
      await letIn(held, [caller.userId], 'owner');
      await held.appendSystem(caller.userId, { type: 'created' });
      const added = await letIn(held, others);
      if (added.length > 0) await held.appendSystem(caller.userId, { type: 'added', userIds: added });
    },
  );

/** S7: repeating returns the first result; an id that names anything else is a conflict. */
async function isMade(
  services: Services,
  caller: Caller,
  input: ParsedInput<'createConversation'>,
): Promise<boolean> {
  const existing = await conversationRow(services.database.db, caller.tenantId, input.conversationId);
  if (!existing) return false;
  if (existing.created_by !== caller.userId || existing.kind !== input.kind) {
    throw new KithError('conflict', { message: 'This conversation id is taken.' });
  }
  return true;
}
