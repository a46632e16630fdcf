import { KithError } from '@kith/protocol';
import { hasFiles } from '../media/use.ts';
import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { forward } from './forward.ts';
import { allowedMentions } from './mentions.ts';
import { sendHeld } from './sendHeld.ts';

/** What was stored is offered to those who make previews of links: they neither throw nor wait. */
export const sendMessage: Handler<'sendMessage'> = async (services, caller, input) => {
  const { conversationId, messageId, content } = input;
  const sent = await store(services, caller, input);
  const { tenantId, userId } = caller;
  if (content) services.previews.offer({ tenantId, userId, conversationId, messageId, content });
  return sent;
};

/**
 * One await before the append: messages of one sender reach the log in the order they came. What else there is to
 * find out (an earlier message of this id, the message replied to) the append statement does.
 */
const store: Handler<'sendMessage'> = async (services, caller, input) => {
  const { conversationId, messageId, content, files, replyTo, thread } = input;
  if (content && (thread !== undefined || hasFiles(content, files)))
    return sendHeld(services, caller, { ...input, content });
  const membership = await services.memberships.get(caller.tenantId, input.conversationId, caller.userId);
  demand(judge('send', membership), 'You cannot write into this conversation.');
  const isRequest = membership?.member?.request !== undefined;
  if (content && isRequest) return sendHeld(services, caller, { ...input, content });
  const visibleAfter = membership?.member?.visibleAfter ?? 0;
  if (input.forward)
    return forward(services, caller, {
      conversationId,
      messageId,
      source: input.forward,
      replyTo,
      visibleAfter,
      isRequest,
    });
  if (!content) throw new KithError('bad_input');
  return services.messageLog.append({
    tenantId: caller.tenantId,
    conversationId,
    messageId,
    authorId: caller.userId,
    content,
    mentions: allowedMentions(membership, content),
    replyTo,
    visibleAfter,
  });
};
