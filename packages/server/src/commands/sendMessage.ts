import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { allowedMentions } from './mentions.ts';

/**
 * One await before the append: messages of one sender reach the log in the order they came. What else there is to
 * find out (an earlier message of this id, the message replied to) the append statement does.
 */
export const sendMessage: Handler<'sendMessage'> = async (services, caller, input) => {
  const membership = await services.memberships.get(caller.tenantId, input.conversationId, caller.userId);
  demand(judge('send', membership));
  return services.messageLog.append({
    tenantId: caller.tenantId,
    conversationId: input.conversationId,
    messageId: input.messageId,
    authorId: caller.userId,
    content: input.content,
    mentions: allowedMentions(membership, input.content),
    replyTo: input.replyTo,
    visibleAfter: membership?.member?.visibleAfter ?? 0,
  });
};
