/** The strip on a reply that shows what it answers; a press leads there. */
import type { MessageRecord } from '@kith/protocol';
import type { CSSProperties } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { hueOf } from '../ui/Avatar.tsx';
import { useMessageContext } from './context.tsx';
import { LinePicture } from './LinePicture.tsx';
import { LineSign } from './LineSign.tsx';
import { UserName, useExcerpt } from './names.tsx';

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
    return (
      <span className="kith-quote-none">
        {record === null ? t('message.unavailable') : t('message.loading')}
      </span>
    );
  }
  return (
    <span className="kith-quote-of">
      <LinePicture record={record} />
      <span className="kith-quote-lines">
        <span
          className="kith-quote-author"
          dir="auto"
          style={{ '--hue': `var(--kith-hue-${hueOf(record.authorId)})` } as CSSProperties}
        >
          <UserName id={record.authorId} you={record.authorId === meId ? t('names.you') : undefined} />
        </span>
        <Excerpt record={record} />
      </span>
    </span>
  );
}

function Excerpt({ record }: { readonly record: MessageRecord }) {
  const excerpt = useExcerpt(record.body);
  return (
    <span className={excerpt.sign ? 'kith-quote-none' : 'kith-quote-text'} dir="auto">
      {!excerpt.picture && <LineSign of={excerpt} />}
      {excerpt.text}
    </span>
  );
}
