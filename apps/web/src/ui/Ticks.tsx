import type { MessageState } from '@kith/client';

const WORDS: Record<MessageState, string> = {
  pending: 'Waiting to be sent',
  failed: 'Not sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
};

/** How far an own message has come; the same signs everywhere. Takes the colour of the text, the accent when read. */
export function Ticks({ state, size = 16 }: { readonly state: MessageState; readonly size?: number }) {
  return (
    <svg
      className="kith-ticks"
      data-state={state}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      role="img"
      aria-label={WORDS[state]}
    >
      {state === 'pending' ? (
        <path d="M8 4.500V8l2.2 1.500M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z" />
      ) : state === 'failed' ? (
        <path d="M8 4.800v3.700M8 11v.1M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z" />
      ) : state === 'sent' ? (
        <path d="m3.5 8.5 3 3 6-7" />
      ) : (
        <path d="m1 8.5 3 3 6-7M7.8 11.200l.3.3 6-7" />
      )}
    </svg>
  );
}
