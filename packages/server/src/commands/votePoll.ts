import { isDeepStrictEqual } from 'node:util';
import { KithError } from '@kith/protocol';
import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { ownVotes, setVotes, summarizePoll } from '../store/polls.ts';
import { toMessage } from '../store/records.ts';
import { heldMembership, heldMessage, ownChoice } from './access.ts';
import { isClosed, pollOf } from './polls.ts';

export const votePoll: Handler<'votePoll'> = async (services, caller, input) => {
  const { tenantId, userId } = caller;
  const { conversationId, messageId } = input;
  const key = { tenantId, conversationId, messageId };
  const chosen = input.options.toSorted((a, b) => a - b);
  const record = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    demand(judge('react', membership));
    const message = await heldMessage(held, membership, messageId);
    // Taking back what a deletion took with it is done already.
    if (message.kind === 'deleted' && chosen.length === 0) return toMessage(message);
    const poll = pollOf(message);
    if (chosen.some((option) => option >= poll.options.length) || (!poll.multiple && chosen.length > 1)) {
      throw new KithError('bad_input', {
        fields: [
          { path: 'options', message: 'must be options of this poll, one unless several may be chosen' },
        ],
      });
    }
    const before = await ownVotes(held.trx, key, userId);
    // S7: repeating changes nothing.
    if (isDeepStrictEqual(before, chosen)) return toMessage(message);
    if (isClosed(message, poll)) throw new KithError('conflict', { message: 'This poll is closed.' });
    await setVotes(held.trx, key, userId, before, chosen);
    const results = await summarizePoll(held.trx, key, poll);
    return held.setMessage(message, { poll: results.voters > 0 ? JSON.stringify(results) : null });
  });
  return ownChoice(services, caller, conversationId, record);
};
