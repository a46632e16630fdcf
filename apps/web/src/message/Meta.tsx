/** Time, edited mark and ticks: the quiet end of a message's last line. */
import type { MessageState, TimelineMessage } from '@kith/client';
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import { formatFull, formatTime } from './time.ts';

const TICKS: Record<MessageState, { readonly icon: typeof Check; readonly label: string }> = {
  pending: { icon: Clock, label: 'Sending' },
  failed: { icon: CircleAlert, label: 'Not sent' },
  sent: { icon: Check, label: 'Sent' },
  delivered: { icon: CheckCheck, label: 'Delivered' },
  read: { icon: CheckCheck, label: 'Read' },
};

export function Meta({ message, own }: { readonly message: TimelineMessage; readonly own: boolean }) {
  const { record, state } = message;
  const deleted = record.body.type === 'deleted';
  return (
    <span className="kith-meta">
      {record.edited && !deleted && <span>edited</span>}
      <time dateTime={record.createdAt} title={formatFull(record.createdAt)}>
        {formatTime(record.createdAt)}
      </time>
      {own && !deleted && <Ticks state={state} />}
    </span>
  );
}

function Ticks({ state }: { readonly state: MessageState }) {
  const { icon: Icon, label } = TICKS[state];
  const small = state === 'pending' || state === 'failed';
  return (
    <span className="kith-ticks" data-state={state} role="img" aria-label={label} title={label}>
      <Icon size={small ? 13 : 16} strokeWidth={small ? 2.25 : 2} aria-hidden="true" />
    </span>
  );
}
