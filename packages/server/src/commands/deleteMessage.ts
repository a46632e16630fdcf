import { KithError } from '@kith/protocol';
import { demand, judgeModerate } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMessage } from '../store/records.ts';
import { heldMembership, heldMessage } from './access.ts';
import { eraseMessage } from './erase.ts';

export const deleteMessage: Handler<'deleteMessage'> = async (
  services,
  caller,
  { conversationId, messageId },
) => {
  const { tenantId, userId } = caller;
  const message = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const found = await heldMessage(held, membership, messageId);
    demand(judgeModerate(membership, userId, found.author_id), 'You may delete only your own messages here.');
    if (found.kind === 'deleted') return toMessage(found);
    if (found.kind === 'system')
      throw new KithError('forbidden', { message: 'What the conversation itself says stays.' });
    return eraseMessage(held, found, userId);
  });
  services.files.nudge();
  return { message };
};
