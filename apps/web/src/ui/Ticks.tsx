import type { MessageState } from '@kith/client';
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';

const TICKS: Record<MessageState, { readonly icon: typeof Check; readonly label: string }> = {
  pending: { icon: Clock, label: 'Sending' },
  failed: { icon: CircleAlert, label: 'Not sent' },
  sent: { icon: Check, label: 'Sent' },
  delivered: { icon: CheckCheck, label: 'Delivered' },
  read: { icon: CheckCheck, label: 'Read' },
};

/** How far an own message has come; the same signs everywhere. Takes the colour of the text, the accent when read. */
export function Ticks({ state }: { readonly state: MessageState }) {
  const { icon: Icon, label } = TICKS[state];
  const small = state === 'pending' || state === 'failed';
  return (
    <span className="kith-ticks" data-state={state} role="img" aria-label={label} title={label}>
      <Icon size={small ? 13 : 16} strokeWidth={small ? 2.25 : 2} aria-hidden="true" />
    </span>
  );
}
