/** The answers under a message: one chip for each emoji, pressed when one's own is among them. */
import type { TimelineMessage } from '@kith/client';
import type { Reaction } from '@kith/protocol';
import { SmilePlus } from 'lucide-react';
import { EmojiGlyph } from '../emoji/custom.tsx';
import { t } from '../i18n/index.ts';
import { numberText } from '../i18n/words.ts';
import { Tooltip } from '../ui/Tooltip.tsx';
import { useMessageContext } from './context.tsx';
import { useNameList } from './names.tsx';

export function Reactions({ message }: { readonly message: TimelineMessage }) {
  const { actions } = useMessageContext();
  const reactions = message.record.reactions ?? [];
  if (reactions.length === 0) return null;
  return (
    <div className="kith-reactions" role="group" aria-label={t('message.reactions')}>
      {reactions.map((reaction) => (
        <Chip key={reaction.emoji} message={message} reaction={reaction} />
      ))}
      <button
        type="button"
        className="kith-reaction-add"
        aria-label={t('message.add')}
        onClick={(event) => actions.pickReaction(message, event.currentTarget)}
      >
        <SmilePlus size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </div>
  );
}

function Chip({ message, reaction }: { readonly message: TimelineMessage; readonly reaction: Reaction }) {
  const { meId, actions } = useMessageContext();
  const mine = reaction.mine ?? (meId !== undefined && reaction.userIds.includes(meId));
  const who = useNameList(reaction.userIds, meId, reaction.count);
  return (
    <Tooltip label={who}>
      <button
        type="button"
        className="kith-reaction"
        aria-pressed={mine}
        aria-label={t('message.reaction', { emoji: reaction.emoji, count: reaction.count, who })}
        onClick={() => actions.react(message, reaction.emoji, !mine)}
      >
        <span className="kith-reaction-emoji">
          <EmojiGlyph emoji={reaction.emoji} />
        </span>
        <span>{numberText(reaction.count)}</span>
      </button>
    </Tooltip>
  );
}
