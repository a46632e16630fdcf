import { ChevronDown } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { Badge } from '../ui/Badge.tsx';

/** Back to the end, with how much waits there. */
export function JumpButton({
  conversationId,
  onClick,
}: {
  readonly conversationId: string;
  readonly onClick: () => void;
}) {
  const unread = useReadable(useClient().conversations.get(conversationId))?.unread ?? 0;
  return (
    <button
      type="button"
      className="kith-jump"
      aria-label={unread > 0 ? `To the newest message, ${unread} unread` : 'To the newest message'}
      onClick={onClick}
    >
      <ChevronDown size={22} strokeWidth={1.75} aria-hidden="true" />
      {unread > 0 && (
        <span className="kith-jump-count">
          <Badge count={unread} />
        </span>
      )}
    </button>
  );
}
