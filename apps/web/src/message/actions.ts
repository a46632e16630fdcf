/**
 * What can be done with a message, in one table: its menu shows it, and the keys of app/shortcuts.ts do it when a message
 * has the focus. A new action is a row here. Reactions have their own row in the menu.
 */
import type { ConversationEntry, KithClient, TimelineMessage, Transfer } from '@kith/client';
import {
  AlarmClock,
  Bookmark,
  CircleStop,
  Copy,
  Download,
  Eraser,
  Flag,
  Forward,
  Info,
  Link,
  type LucideIcon,
  MessagesSquare,
  Pause,
  Pencil,
  Pin,
  PinOff,
  Play,
  Reply,
  RotateCcw,
  SquareCheck,
  Sticker,
  Trash2,
} from 'lucide-react';
import { openThread } from '../app/panel.ts';
import type { ShortcutId } from '../app/shortcuts.ts';
import { fromWire } from '../composer/text.ts';
import { type Key, t } from '../i18n/index.ts';
import { remindOf } from '../later/reminders.ts';
import { downloadFiles } from '../media/files/download.ts';
import { openReport } from '../profile/report.ts';
import { openPack } from '../stickers/packs.ts';
import type { Anchor } from '../ui/anchor.ts';
import { copyToClipboard } from '../ui/copy.ts';
import { toast, toastError } from '../ui/toast.ts';
import type { MessageActions } from './context.tsx';
import { attachmentOf, textOf as textOfBody } from './excerpt.ts';
import { hideForMe } from './hide.ts';
import { save } from './save.ts';

/** The message, and where it stands. */
export interface ActionTarget {
  readonly message: TimelineMessage;
  readonly client: KithClient;
  readonly meId: string | undefined;
  readonly entry: ConversationEntry | undefined;
  readonly actions: MessageActions;
  /** What something that opens may stand beside. */
  readonly anchor: Anchor;
  /** Whether it is a thread that it stands in. */
  readonly inThread: boolean;
}

export interface MessageAction {
  readonly id: string;
  readonly label: Key;
  readonly icon: LucideIcon;
  readonly shortcut?: ShortcutId;
  readonly may: (target: ActionTarget) => boolean;
  readonly run: (target: ActionTarget) => void;
  /** The focus goes elsewhere: the menu must not take it back. */
  readonly moves?: true;
  readonly danger?: true;
  /** Cannot be undone: the item asks this once more, in place. Its key only opens the menu. */
  readonly asks?: Key;
}

export const messageActions: readonly MessageAction[] = [
  {
    id: 'reply',
    label: 'message.reply',
    icon: Reply,
    shortcut: 'reply',
    may: isThere,
    run: ({ message, actions }) => actions.reply(message),
    moves: true,
  },
  {
    id: 'thread',
    label: 'thread.reply',
    icon: MessagesSquare,
    shortcut: 'thread',
    // In a thread everything answers to it.
    may: (target) => isInTime(target.message) && !target.inThread,
    run: ({ message: { record } }) => openThread(record.conversationId, record.thread?.rootId ?? record.id),
    moves: true,
  },
  {
    id: 'edit',
    label: 'message.edit',
    icon: Pencil,
    shortcut: 'edit',
    may: (target) =>
      isThere(target) &&
      isOwn(target) &&
      textOf(target.message) !== '' &&
      !target.message.record.forwarded &&
      !target.message.record.poll?.voters,
    run: ({ message, actions }) => actions.edit(message),
    moves: true,
  },
  {
    id: 'forward',
    label: 'message.forward',
    icon: Forward,
    shortcut: 'forward',
    may: canForward,
    run: ({ message, actions }) => actions.forward([message.record]),
    moves: true,
  },
  {
    id: 'save',
    label: 'message.save',
    icon: Bookmark,
    // What stands among the saved messages is saved.
    may: (target) => canForward(target) && target.entry?.conversation.direct?.length !== 1,
    run: ({ client, message, meId }) => save(client, meId, [message.record]),
  },
  {
    id: 'download',
    label: 'file.save',
    icon: Download,
    may: (target) => isThere(target) && attachmentOf(target.message.record.body)?.type === 'files',
    run: ({ client, message }) => downloadFiles(client, message.record),
  },
  {
    id: 'pin',
    label: 'message.pin',
    icon: Pin,
    may: (target) => mayPin(target) && !target.message.record.pinned,
    run: ({ client, message: { record } }) => {
      client.messages.pin(record.conversationId, record.id, true).catch(toastError);
    },
  },
  {
    id: 'unpin',
    label: 'message.unpin',
    icon: PinOff,
    may: (target) => mayPin(target) && target.message.record.pinned !== undefined,
    run: ({ client, message: { record } }) => {
      client.messages.pin(record.conversationId, record.id, false).catch(toastError);
    },
  },
  {
    id: 'copy',
    label: 'message.copyText',
    icon: Copy,
    shortcut: 'copy',
    may: ({ message }) => textOf(message) !== '',
    run: ({ client, message }) => copy(asItReads(client, textOf(message)), t('app.copied')),
  },
  {
    id: 'copyLink',
    label: 'message.copyLink',
    icon: Link,
    may: isThere,
    run: ({ message }) => copy(linkTo(message), t('message.linkCopied')),
  },
  {
    id: 'stickerPack',
    label: 'sticker.viewPack',
    icon: Sticker,
    may: (target) => isThere(target) && packOf(target.message) !== undefined,
    run: ({ message }) => {
      const packId = packOf(message);
      if (packId !== undefined) openPack({ type: 'view', packId });
    },
    moves: true,
  },
  {
    id: 'remind',
    label: 'later.remind',
    icon: AlarmClock,
    may: isThere,
    run: ({ message: { record }, client, anchor }) =>
      remindOf(client, { conversationId: record.conversationId, messageId: record.id }, anchor),
    moves: true,
  },
  {
    id: 'info',
    label: 'message.info',
    icon: Info,
    shortcut: 'info',
    may: isThere,
    run: ({ message, actions, anchor }) => actions.info(message, anchor),
    moves: true,
  },
  {
    id: 'select',
    label: 'message.select',
    icon: SquareCheck,
    may: isThere,
    run: ({ message, actions }) => actions.select(message),
  },
  {
    id: 'closePoll',
    label: 'poll.close',
    icon: CircleStop,
    may: (target) => isThere(target) && isOpenPoll(target) && (isOwn(target) || tidiesUp(target)),
    run: ({ client, message: { record } }) => {
      client.messages.closePoll(record.conversationId, record.id).catch(toastError);
    },
    asks: 'poll.closeSure',
  },
  {
    id: 'retry',
    label: 'common.tryAgain',
    icon: RotateCcw,
    may: ({ message }) => message.state === 'failed',
    run: ({ client, message }) => client.messages.retry(message.record.id),
  },
  {
    id: 'pauseFiles',
    label: 'file.pause',
    icon: Pause,
    may: (target) => transfersOf(target).some((type) => type === 'sending' || type === 'waiting'),
    run: ({ client, message }) => client.files.pause(message.record.id),
  },
  {
    id: 'resumeFiles',
    label: 'file.resume',
    icon: Play,
    may: (target) => transfersOf(target).includes('paused'),
    run: ({ client, message }) => client.files.resume(message.record.id),
  },
  {
    id: 'discard',
    label: 'message.discard',
    icon: Trash2,
    may: ({ message }) => message.state === 'pending' || message.state === 'failed',
    run: ({ client, message }) => client.messages.discard(message.record.id),
    danger: true,
  },
  {
    id: 'report',
    label: 'message.report',
    icon: Flag,
    may: (target) => isThere(target) && !isOwn(target),
    run: ({ message: { record } }) =>
      openReport({ type: 'messages', conversationId: record.conversationId, messageIds: [record.id] }),
    moves: true,
    danger: true,
  },
  {
    id: 'hide',
    label: 'message.deleteForMe',
    icon: Eraser,
    shortcut: 'hide',
    may: canHide,
    run: ({ client, message: { record } }) => hideForMe(client, [record]),
    danger: true,
  },
  {
    id: 'remove',
    label: 'message.deleteForEveryone',
    icon: Trash2,
    shortcut: 'remove',
    // Owners and admins tidy up after others in groups and channels; the server has the last word.
    may: (target) => isThere(target) && (isOwn(target) || tidiesUp(target)),
    run: ({ client, message: { record } }) => {
      client.messages.remove(record.conversationId, record.id).catch(toastError);
    },
    danger: true,
    asks: 'message.deleteSure',
  },
];

/** The server has it, and it is not deleted: else it cannot be reacted to, answered or edited. */
export function isThere({ message }: Pick<ActionTarget, 'message'>): boolean {
  return message.state !== 'pending' && message.state !== 'failed' && message.record.body.type !== 'deleted';
}

/** How the files of a message stand that are on their way. */
function transfersOf({ client, message }: ActionTarget): readonly (Transfer['type'] | undefined)[] {
  const attachment = attachmentOf(message.record.body);
  if (message.state !== 'pending' || attachment?.type !== 'files') return [];
  return attachment.files.map(({ fileId }) => client.files.transfer(fileId).get()?.type);
}

/** What was deleted keeps the thread it has. */
const isInTime = (message: TimelineMessage): boolean =>
  isThere({ message }) || (message.record.rev > 0 && message.record.replies !== undefined);

function canForward(target: ActionTarget): boolean {
  const { body } = target.message.record;
  return isThere(target) && body.type === 'content' && body.content.type === 'plain';
}

/** What one notes for oneself is nobody else's: there it is deleted. */
function canHide({ message, entry }: ActionTarget): boolean {
  return message.record.rev > 0 && entry?.conversation.direct?.length !== 1;
}

const mayPin = (target: ActionTarget): boolean =>
  isThere(target) && (target.entry?.conversation.kind !== 'channel' || tidiesUp(target));

function isOpenPoll({ message: { record } }: ActionTarget): boolean {
  const attachment = attachmentOf(record.body);
  if (attachment?.type !== 'poll' || record.poll?.closed) return false;
  return attachment.closesAt === undefined || Date.parse(attachment.closesAt) > Date.now();
}

const isOwn = ({ message, meId }: ActionTarget): boolean => message.record.authorId === meId;

export const tidiesUp = ({ entry }: Pick<ActionTarget, 'entry'>): boolean =>
  entry !== undefined &&
  entry.conversation.kind !== 'direct' &&
  (entry.membership.role === 'owner' || entry.membership.role === 'admin');

/** The pack of the sticker that it is; Kaki has none to look at. */
const packOf = ({ record }: TimelineMessage): string | undefined => {
  const attachment = attachmentOf(record.body);
  return attachment?.type === 'sticker' ? attachment.packId : undefined;
};

export const textOf = ({ record }: TimelineMessage): string => textOfBody(record.body);

const linkTo = ({ record }: TimelineMessage): string =>
  `${location.origin}/c/${record.conversationId}?m=${record.id}`;

/** Mentions by name. */
export const asItReads = (client: KithClient, text: string): string =>
  fromWire(text, (id) => client.users.get(id).get()?.displayName).text;

export function copy(text: string, done: string): void {
  copyToClipboard(text).then(
    () => toast(done),
    () => toast(t('app.copyRefused'), { tone: 'error' }),
  );
}
