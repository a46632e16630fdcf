import type { Handler } from '../services.ts';
import { readAccess } from './access.ts';
import { changeOwnRecord } from './own.ts';
import { threadAccess } from './threadAccess.ts';

export const saveDraft: Handler<'saveDraft'> = async (
  services,
  caller,
  { conversationId, thread, text, replyTo, at },
) => {
  const isEmpty = text.trim() === '';
  // Whoever may not see it any more may still throw away what they had begun.
  if (!isEmpty) {
    if (thread === undefined) await readAccess(services, caller, conversationId);
    else await threadAccess(services, caller, { conversationId, rootId: thread });
  }
  // A clock that is ahead would shut out the other devices.
  const written = new Date(Math.min(Date.parse(at), Date.now())).toISOString();
  const key = thread ?? conversationId;
  const record = await changeOwnRecord(services, caller, 'draft', key, (before) => {
    if (before && Date.parse(before.at) > Date.parse(written)) return before;
    if (isEmpty) return null;
    const place = thread === undefined ? {} : { conversationId };
    return { text, ...(replyTo !== undefined && { replyTo }), ...place, at: written };
  });
  return { record };
};
