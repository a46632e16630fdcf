/** How far an own message has come; where several may read it, how many have. */
import { limits, type TimelineMessage } from '@kith/client';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Ticks } from '../ui/Ticks.tsx';
import { useMessageContext } from './context.tsx';

export function Reach({ message }: { readonly message: TimelineMessage }) {
  const { people } = useMessageContext();
  const { state } = message;
  if (message.waits) return <Ticks state={state} label={t('message.waits')} />;
  // Of two, one has read or has not: nothing to count, nothing to listen to. Marks of threads are not known by person.
  return people && message.record.thread === undefined && (state === 'delivered' || state === 'read') ? (
    <Counted message={message} state={state} />
  ) : (
    <Ticks state={state} />
  );
}

function Counted({
  message: { record },
  state,
}: {
  readonly message: TimelineMessage;
  readonly state: 'delivered' | 'read';
}) {
  const client = useClient();
  const marks = useReadable(client.receipts.marks(record.conversationId));
  const members = useReadable(client.conversations.get(record.conversationId))?.conversation.memberCount ?? 0;
  const total = members - 1;
  const count = marks.filter(
    (mark) => (state === 'read' ? mark.readSeq : mark.deliveredSeq) >= record.seq,
  ).length;
  // Of a large group only the foremost marks are known: no number is better than a wrong one.
  if (total < 1 || members > limits.receiptMembers || count < 1) return <Ticks state={state} />;
  const values = { count: Math.min(count, total), total };
  return (
    <Ticks
      state={state}
      label={state === 'read' ? t('message.readBy', values) : t('message.deliveredTo', values)}
    />
  );
}
