import { ChevronDown } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';

/** Back to the end, with how much waits there. */
export function JumpButton({
  conversationId,
  threadId,
  onClick,
}: {
  readonly conversationId: string;
  readonly threadId: string | undefined;
  readonly onClick: () => void;
}) {
  const client = useClient();
  const entry = useReadable(client.conversations.get(conversationId));
  const mark = useReadable(client.threads.mark(threadId ?? ''));
  const unread = (threadId === undefined ? entry : mark)?.unread ?? 0;
  return (
    <button
      type="button"
      className="kith-jump"
      aria-label={unread > 0 ? t('timeline.toNewestUnread', { count: unread }) : t('timeline.toNewest')}
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
