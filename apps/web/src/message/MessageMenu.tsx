/** What can be done with a message: by right click, long press, the button beside it, or Enter. */
import { Menu as Base } from '@base-ui/react/menu';
import type { KithClient, TimelineMessage } from '@kith/client';
import { Copy, Info, Link, Pencil, Reply, SmilePlus, Trash2 } from 'lucide-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { setIntent } from '../composer/intent.ts';
import { fromWire } from '../composer/text.ts';
import { quickReactions, rememberEmoji, useRecentEmoji } from '../emoji/recents.ts';
import { useReturnFocus } from '../emoji/useReturnFocus.ts';
import { copyToClipboard } from '../ui/copy.ts';
import { MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { type Anchor, type MessageActions, pointAnchor } from './context.tsx';

export interface MessageMenuProps {
  readonly message: TimelineMessage;
  readonly anchor: Anchor;
  readonly meId: string | undefined;
  readonly actions: MessageActions;
  readonly onInfo: () => void;
  readonly onClose: () => void;
}

export function MessageMenu({ message, anchor, meId, actions, onInfo, onClose }: MessageMenuProps) {
  const client = useClient();
  const { record, state } = message;
  const recent = useRecentEmoji();
  const entry = useReadable(client.conversations.get(record.conversationId));
  const own = record.authorId === meId;
  const sent = state !== 'pending' && state !== 'failed';
  const text = textOf(message);
  const moving = useRef(false);
  const move = (act: () => void) => () => {
    moving.current = true;
    act();
  };
  // Owners and admins tidy up after others in groups and channels; the server has the last word.
  const mayRemove =
    own ||
    (entry?.conversation.kind !== 'direct' &&
      (entry?.membership.role === 'owner' || entry?.membership.role === 'admin'));

  if (!sent) {
    return (
      <Popup anchor={anchor} onClose={onClose} moving={moving}>
        {text && (
          <MenuItem icon={Copy} onSelect={() => copyText(client, text)}>
            Copy text
          </MenuItem>
        )}
        {state === 'failed' && (
          <MenuItem icon={Reply} onSelect={() => client.messages.retry(record.id)}>
            Try again
          </MenuItem>
        )}
        <MenuItem icon={Trash2} danger onSelect={() => client.messages.discard(record.id)}>
          Discard
        </MenuItem>
      </Popup>
    );
  }
  return (
    <Popup anchor={anchor} onClose={onClose} moving={moving}>
      <div className="kith-menu-reactions" role="group" aria-label="React">
        {quickReactions(recent, 6).map((emoji) => (
          <Base.Item
            key={emoji}
            className="kith-menu-reaction"
            aria-label={`React with ${emoji}`}
            onClick={() => {
              rememberEmoji(emoji);
              actions.react(message, emoji, !reactedWith(message, emoji, meId));
            }}
          >
            {emoji}
          </Base.Item>
        ))}
        <Base.Item
          className="kith-menu-reaction"
          aria-label="More reactions"
          onClick={move(() => {
            const bubble = document.querySelector(`[data-message="${CSS.escape(message.key)}"] .kith-bubble`);
            if (bubble) actions.pickReaction(message, bubble);
          })}
        >
          <SmilePlus size={18} strokeWidth={1.75} aria-hidden="true" />
        </Base.Item>
      </div>
      <MenuItem icon={Reply} shortcut="R" onSelect={move(() => actions.reply(message))}>
        Reply
      </MenuItem>
      {own && text && (
        <MenuItem
          icon={Pencil}
          shortcut="E"
          onSelect={move(() => setIntent(record.conversationId, { type: 'edit', messageId: record.id }))}
        >
          Edit
        </MenuItem>
      )}
      {text && (
        <MenuItem icon={Copy} shortcut="C" onSelect={() => copyText(client, text)}>
          Copy text
        </MenuItem>
      )}
      <MenuItem icon={Link} onSelect={() => copy(linkTo(message), 'Link copied')}>
        Copy link
      </MenuItem>
      <MenuItem icon={Info} shortcut="I" onSelect={move(onInfo)}>
        Info
      </MenuItem>
      {mayRemove && (
        <>
          <MenuSeparator />
          <DeleteItem
            onDelete={() => client.messages.remove(record.conversationId, record.id).catch(toastError)}
          />
        </>
      )}
    </Popup>
  );
}

/**
 * A menu without a button of its own, with its own say where the focus goes afterwards: choosing Reply gives it to the
 * composer, and the menu must not take it back. Else it returns to the message or the text; when neither had it (a finger, a mouse), nothing gets it.
 */
function Popup({
  anchor,
  onClose,
  moving,
  children,
}: {
  readonly anchor: Anchor;
  readonly onClose: () => void;
  /** What was chosen takes the focus elsewhere. */
  readonly moving: RefObject<boolean>;
  readonly children: ReactNode;
}) {
  const returnFocus = useReturnFocus();
  const finalFocus = () => !moving.current && returnFocus();
  return (
    <Base.Root open onOpenChange={(open) => open || onClose()}>
      <Base.Portal>
        <Base.Positioner
          className="kith-menu-positioner"
          anchor={anchor instanceof Element ? anchor : pointAnchor(anchor)}
          align="start"
          side="bottom"
          sideOffset={4}
          collisionPadding={8}
        >
          <Base.Popup className="kith-menu" finalFocus={finalFocus}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Deleting reaches everyone and cannot be undone: the same item asks once more, in place. */
function DeleteItem({ onDelete }: { readonly onDelete: () => void }) {
  const [sure, setSure] = useState(false);
  return (
    <Base.Item
      className="kith-menu-item"
      data-danger
      data-sure={sure || undefined}
      closeOnClick={sure}
      onClick={() => (sure ? onDelete() : setSure(true))}
    >
      <Trash2 size={18} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-menu-label" aria-live="polite">
        {sure ? 'Delete for everyone?' : 'Delete'}
      </span>
    </Base.Item>
  );
}

export const textOf = ({ record: { body } }: TimelineMessage): string =>
  body.type === 'content' && body.content.type === 'plain' ? body.content.text : '';

const linkTo = ({ record }: TimelineMessage): string =>
  `${location.origin}/c/${record.conversationId}?m=${record.id}`;

export function reactedWith(message: TimelineMessage, emoji: string, meId: string | undefined): boolean {
  const reaction = message.record.reactions?.find((candidate) => candidate.emoji === emoji);
  return reaction?.mine ?? (meId !== undefined && (reaction?.userIds.includes(meId) ?? false));
}

/** As it reads: mentions by name. */
export const copyText = (client: KithClient, text: string): void =>
  copy(fromWire(text, (id) => client.users.get(id).get()?.displayName).text, 'Text copied');

function copy(text: string, done: string): void {
  copyToClipboard(text).then(
    () => toast(done),
    () => toast('The browser did not allow copying.', { tone: 'error' }),
  );
}
