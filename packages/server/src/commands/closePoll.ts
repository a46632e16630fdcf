import { demand, judgeModerate } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { summarizePoll } from '../store/polls.ts';
import { toMessage } from '../store/records.ts';
import { heldMembership, heldMessage, ownView } from './access.ts';
import { pollOf } from './polls.ts';

export const closePoll: Handler<'closePoll'> = async (services, caller, { conversationId, messageId }) => {
  const { tenantId, userId } = caller;
  const record = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const message = await heldMessage(held, membership, messageId);
    demand(judgeModerate(membership, userId, message.author_id), 'You may close only your own polls here.');
    const poll = pollOf(message);
    // S7: repeating changes nothing.
    if (message.poll?.closed) return toMessage(message);
    const results = await summarizePoll(held.trx, { tenantId, conversationId, messageId }, poll);
    const closed = { at: new Date().toISOString(), by: userId };
    return held.setMessage(message, { poll: JSON.stringify({ ...results, closed }) });
  });
  return ownView(services, caller, conversationId, record);
};
