/** What can be done with a message: by right click, long press, the button beside it, or Enter. */
import { Menu as Base } from '@base-ui/react/menu';
import type { TimelineMessage } from '@kith/client';
import { SmilePlus } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { shortcutSign } from '../app/shortcuts.ts';
import { EmojiGlyph } from '../emoji/custom.tsx';
import { quickReactions, useRecentReactions } from '../emoji/recents.ts';
import { useReturnFocus } from '../emoji/useReturnFocus.ts';
import { t } from '../i18n/index.ts';
import type { Anchor } from '../ui/anchor.ts';
import { FloatingMenu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { type ActionTarget, isThere, type MessageAction, messageActions } from './actions.ts';
import type { MessageActions } from './context.tsx';

export interface MessageMenuProps {
  readonly message: TimelineMessage;
  readonly anchor: Anchor;
  readonly meId: string | undefined;
  readonly actions: MessageActions;
  readonly inThread: boolean;
  readonly onClose: () => void;
}

export function MessageMenu({ message, anchor, meId, actions, inThread, onClose }: MessageMenuProps) {
  const client = useClient();
  const entry = useReadable(client.conversations.get(message.record.conversationId));
  const moving = useRef(false);
  const returnFocus = useReturnFocus();
  const target: ActionTarget = { message, client, meId, entry, actions, anchor, inThread };
  const move = (act: () => void) => () => {
    moving.current = true;
    act();
  };
  const possible = messageActions.filter(({ may }) => may(target));
  const item = (action: MessageAction) => (
    <Item key={action.id} action={action} target={target} move={move} />
  );
  const dangerous = possible.filter(({ danger }) => danger);
  return (
    <FloatingMenu
      anchor={anchor}
      // Beside a bubble of one's own, which stands at the end, what is said before stays in sight.
      align={anchor instanceof Element && message.record.authorId === meId ? 'end' : 'start'}
      label={t('message.moreActions')}
      onClose={onClose}
      // Choosing Reply gives the focus to the composer, and the menu must not take it back. Else it returns to the message
      // or the text; when neither had it (a finger, a mouse), nothing gets it.
      finalFocus={() => !moving.current && returnFocus()}
    >
      {isThere(target) && <QuickReactions message={message} meId={meId} actions={actions} move={move} />}
      {possible.filter(({ danger }) => !danger).map(item)}
      {isThere(target) && dangerous.length > 0 && <MenuSeparator />}
      {dangerous.map(item)}
    </FloatingMenu>
  );
}

type Move = (act: () => void) => () => void;

function Item({
  action,
  target,
  move,
}: {
  readonly action: MessageAction;
  readonly target: ActionTarget;
  readonly move: Move;
}) {
  const run = () => action.run(target);
  if (action.asks) return <AskingItem action={action} asks={t(action.asks)} onSure={run} />;
  return (
    <MenuItem
      icon={action.icon}
      {...(action.shortcut && { shortcut: shortcutSign(action.shortcut) })}
      {...(action.danger && { danger: true })}
      onSelect={action.moves ? move(run) : run}
    >
      {t(action.label)}
    </MenuItem>
  );
}

/** One row among columns: left and right walk it as up and down do. */
function QuickReactions({
  message,
  meId,
  actions,
  move,
}: Pick<MessageMenuProps, 'message' | 'meId' | 'actions'> & { readonly move: Move }) {
  const recent = useRecentReactions();
  return (
    <div
      className="kith-menu-reactions"
      role="group"
      aria-label={t('message.react')}
      onKeyDown={walkSideways}
    >
      {quickReactions(recent, 6).map((emoji) => (
        <Base.Item
          key={emoji}
          className="kith-menu-reaction"
          aria-label={t('message.reactWith', { emoji })}
          onClick={() => actions.react(message, emoji, !reactedWith(message, emoji, meId))}
        >
          <EmojiGlyph emoji={emoji} />
        </Base.Item>
      ))}
      <Base.Item
        className="kith-menu-reaction"
        aria-label={t('message.moreReactions')}
        onClick={move(() => {
          const bubble = document.querySelector(`[data-message="${CSS.escape(message.key)}"] .kith-bubble`);
          if (bubble) actions.pickReaction(message, bubble);
        })}
      >
        <SmilePlus size={18} strokeWidth={1.75} aria-hidden="true" />
      </Base.Item>
    </div>
  );
}

function walkSideways(event: KeyboardEvent<HTMLElement>): void {
  const forward = document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.indexOf(event.target as HTMLElement);
  const next = items[at + (event.key === forward ? 1 : -1)];
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
}

/** What cannot be undone: the same item asks once more, in place. */
function AskingItem({
  action: { icon: Icon, label },
  asks,
  onSure,
}: {
  readonly action: MessageAction;
  readonly asks: string;
  readonly onSure: () => void;
}) {
  const [sure, setSure] = useState(false);
  return (
    <Base.Item
      className="kith-menu-item"
      data-danger
      data-sure={sure || undefined}
      closeOnClick={sure}
      onClick={() => (sure ? onSure() : setSure(true))}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-menu-label" aria-live="polite">
        {sure ? asks : t(label)}
      </span>
    </Base.Item>
  );
}

export function reactedWith(message: TimelineMessage, emoji: string, meId: string | undefined): boolean {
  const reaction = message.record.reactions?.find((candidate) => candidate.emoji === emoji);
  return reaction?.mine ?? (meId !== undefined && (reaction?.userIds.includes(meId) ?? false));
}
