/** To the next message that mentions oneself, while there are such that were not read. */
import { AtSign } from 'lucide-react';
import { useRef } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';
import { useRun } from '../ui/useRun.ts';

export interface MentionButtonProps {
  readonly conversationId: string;
  readonly onJump: (messageId: string) => void;
}

export function MentionButton({ conversationId, onJump }: MentionButtonProps) {
  const client = useClient();
  const entry = useReadable(client.conversations.get(conversationId));
  const [busy, run] = useRun();
  /** The one shown last: the next press shows the one after it, whether or not it counts as read yet. */
  const shown = useRef(0);
  if (!entry || entry.mentions === 0) return null;
  const { mentions, readSeq } = entry;
  const next = (): void =>
    run(async () => {
      const ask = async (after: number) =>
        (await client.request('getMentions', { conversationId, after, limit: 1 })).messages[0];
      // Behind the last one it begins anew.
      const found = (await ask(Math.max(shown.current, readSeq))) ?? (await ask(readSeq));
      if (!found) return;
      shown.current = found.seq;
      onJump(found.id);
    });
  return (
    <button
      type="button"
      className="kith-jump"
      aria-label={t('timeline.toMention', { count: mentions })}
      disabled={busy}
      onClick={next}
    >
      <AtSign size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-jump-count">
        <Badge count={mentions} />
      </span>
    </button>
  );
}
