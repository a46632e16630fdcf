import type { Handler } from '../services.ts';
import { setDue } from '../store/due.ts';
import { visibleMessage } from './access.ts';
import { changeOwnRecord } from './own.ts';
import { demandAhead } from './scheduled.ts';

export const setReminder: Handler<'setReminder'> = async (
  services,
  caller,
  { conversationId, messageId, at },
) => {
  const who = { tenantId: caller.tenantId, userId: caller.userId };
  const keep = (seq: number | null) =>
    changeOwnRecord(
      services,
      who,
      'reminder',
      messageId,
      () => (at === null || seq === null ? null : { conversationId, messageId, seq, at }),
      async (trx) => {
        await setDue(trx, { ...who, kind: 'reminder', id: messageId }, at === null ? null : new Date(at));
        if (at !== null) services.dueWork.plan(Date.parse(at));
      },
    );
  // Done with, whether or not there is such a message any more.
  if (at === null) return { record: await keep(null) };
  demandAhead(at);
  const { message } = await visibleMessage(services, caller, { conversationId, messageId });
  return { record: await keep(message.seq) };
};
