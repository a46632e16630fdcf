import type { User } from '@kith/protocol';
import { useStatus } from './status.ts';

/** The sign of a status, after a name. */
export function StatusEmoji({ user }: { readonly user: User | undefined }) {
  const status = useStatus(user);
  if (!status?.emoji) return null;
  return (
    <span className="kith-status-sign" title={status.text || undefined}>
      {status.emoji}
      {status.text && <span className="kith-hidden">{` ${status.text} `}</span>}
    </span>
  );
}
