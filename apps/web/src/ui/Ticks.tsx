import type { MessageState } from '@kith/client';
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import { type Key, t } from '../i18n/index.ts';

const TICKS: Record<MessageState, { readonly icon: typeof Check; readonly label: Key }> = {
  pending: { icon: Clock, label: 'message.pending' },
  failed: { icon: CircleAlert, label: 'message.notSent' },
  sent: { icon: Check, label: 'message.sent' },
  delivered: { icon: CheckCheck, label: 'message.delivered' },
  read: { icon: CheckCheck, label: 'message.read' },
};

/** How far an own message has come; the same signs everywhere. Takes the colour of the text, the accent when read. */
export function Ticks({
  state,
  label: more,
}: {
  readonly state: MessageState;
  /** Says more than the state does. */
  readonly label?: string;
}) {
  const { icon: Icon, label: key } = TICKS[state];
  const label = more ?? t(key);
  const small = state === 'pending' || state === 'failed';
  return (
    <span className="kith-ticks" data-state={state} role="img" aria-label={label} title={label}>
      <Icon size={small ? 13 : 16} strokeWidth={small ? 2.25 : 2} aria-hidden="true" />
    </span>
  );
}
