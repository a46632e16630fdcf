/** Forwarding: what somebody may see, said again elsewhere, with whose it was. The copy is the server's, never the sender's. */
import { KithError, type MessageRecord, type Output, type PlainContent } from '@kith/protocol';
import { hasFiles } from '../media/use.ts';
import type { Membership } from '../policy/memberships.ts';
import type { Caller, Services } from '../services.ts';
import { sentMessage } from '../store/messages.ts';
import { visibleMessage } from './access.ts';
import { sendHeld } from './sendHeld.ts';

export interface Forwarding {
  readonly conversationId: string;
  readonly messageId: string;
  readonly source: { readonly conversationId: string; readonly messageId: string };
  readonly replyTo?: string | undefined;
  readonly visibleAfter: number;
  /** What is said in a request is counted, or accepts it. */
  readonly isRequest: boolean;
}

/** Whoever forwards is judged already where the message goes; here, where it comes from. */
export async function forward(
  services: Services,
  caller: Caller,
  { conversationId, messageId, source, replyTo, visibleAfter, isRequest }: Forwarding,
): Promise<Output<'sendMessage'>> {
  const { tenantId, userId: authorId } = caller;
  // S7: a repetition returns the first result, also when the original is gone meanwhile.
  const earlier = await sentMessage(services.database.db, tenantId, conversationId, messageId);
  if (earlier?.authorId === authorId) return earlier.result;
  const { message, membership } = await visibleMessage(services, caller, source);
  const content = contentOf(message);
  const forwarded = message.forwarded ?? originOf(message, membership);
  const sent =
    isRequest || hasFiles(content)
      ? await sendHeld(services, caller, { conversationId, messageId, content, replyTo, forwarded })
      : await services.messageLog.append({
          tenantId,
          conversationId,
          messageId,
          authorId,
          content,
          // Who was mentioned there is not woken here.
          mentions: { userIds: [], all: false },
          forwarded,
          replyTo,
          visibleAfter,
        });
  services.previews.offer({ tenantId, userId: authorId, conversationId, messageId, content });
  return sent;
}

function contentOf({ body, expiresAt }: MessageRecord): PlainContent {
  const gone = expiresAt !== undefined && Date.parse(expiresAt) <= Date.now();
  if (body.type === 'content' && body.content.type === 'plain' && !gone) return body.content;
  throw new KithError('conflict', { message: 'This message cannot be forwarded.' });
}

/** Where it stands is told only when everybody who reads the copy may look there. */
function originOf(
  { id, conversationId, authorId, createdAt }: MessageRecord,
  { conversation: { kind, visibility } }: Membership,
): NonNullable<MessageRecord['forwarded']> {
  const open = kind === 'channel' && visibility === 'public';
  return { authorId, createdAt, ...(open && { conversationId, messageId: id }) };
}
