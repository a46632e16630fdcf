/** Above what was forwarded: whose it was, and the way to where it stands, if everybody may look there. */
import type { MessageRecord } from '@kith/protocol';
import { Forward } from 'lucide-react';
import { openConversation } from '../app/route.ts';
import { rich } from '../i18n/index.ts';
import { UserName } from './names.tsx';
import { formatFull } from './time.ts';

export function Forwarded({ origin }: { readonly origin: NonNullable<MessageRecord['forwarded']> }) {
  const { conversationId, messageId } = origin;
  const words = (
    <>
      <Forward className="kith-line-icon" size={13} strokeWidth={2} aria-hidden="true" />
      {rich('message.forwardedFrom', {
        person: () => (
          <b>
            <UserName id={origin.authorId} />
          </b>
        ),
      })}
    </>
  );
  return conversationId && messageId ? (
    <button
      type="button"
      className="kith-forwarded"
      title={formatFull(origin.createdAt)}
      onClick={() => openConversation(conversationId, messageId)}
    >
      {words}
    </button>
  ) : (
    <p className="kith-forwarded" title={formatFull(origin.createdAt)}>
      {words}
    </p>
  );
}
