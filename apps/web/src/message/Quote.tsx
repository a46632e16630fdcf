/** The strip on a reply that shows what it answers; a press leads there. */
import type { MessageRecord } from '@kith/protocol';
import type { CSSProperties } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { hueOf } from '../ui/Avatar.tsx';
import { useMessageContext } from './context.tsx';
import { UserName, usePlainPreview } from './names.tsx';

export function Quote({ messageId }: { readonly messageId: string }) {
  const { conversationId, meId, actions } = useMessageContext();
  const record = useReadable(useClient().messages.get(conversationId, messageId));
  return (
    <button
      type="button"
      className="kith-quote"
      // Nothing to lead to, but still readable: so it stays a button that says it is disabled.
      aria-disabled={record === null || undefined}
      onClick={() => record !== null && actions.jump(messageId)}
    >
      <QuoteText record={record} meId={meId} />
    </button>
  );
}

/** `undefined`: on its way. `null`: gone, or from before one's own time here. */
export function QuoteText({
  record,
  meId,
}: {
  readonly record: MessageRecord | null | undefined;
  readonly meId: string | undefined;
}) {
  if (!record) {
    return <span className="kith-quote-none">{record === null ? 'Message unavailable' : 'Loading…'}</span>;
  }
  return (
    <>
      <span
        className="kith-quote-author"
        style={{ '--hue': `var(--kith-hue-${hueOf(record.authorId)})` } as CSSProperties}
      >
        <UserName id={record.authorId} you={record.authorId === meId ? 'You' : undefined} />
      </span>
      <Excerpt record={record} />
    </>
  );
}

function Excerpt({ record }: { readonly record: MessageRecord }) {
  const { body } = record;
  const plain = body.type === 'content' && body.content.type === 'plain' ? body.content.text : '';
  const preview = usePlainPreview(plain);
  if (plain) return <span className="kith-quote-text">{preview}</span>;
  return (
    <span className="kith-quote-none">
      {body.type === 'deleted' ? 'Deleted message' : 'Encrypted message'}
    </span>
  );
}
