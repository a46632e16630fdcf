/** What can be done with a conversation: by right click, long press, the menu key or the button in its row. */
import { type ConversationEntry, limits } from '@kith/client';
import {
  Archive,
  ArchiveRestore,
  ArrowDown,
  ArrowUp,
  Bell,
  BellOff,
  BellRing,
  LogOut,
  Mail,
  MailOpen,
  Pin,
  PinOff,
} from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { useFace } from '../app/people.ts';
import { shortcutSign } from '../app/shortcuts.ts';
import { duration } from '../app/time.ts';
import { useReturnFocus } from '../emoji/useReturnFocus.ts';
import { FolderItems } from '../folders/FolderItems.tsx';
import { t } from '../i18n/index.ts';
import { mayOf } from '../panels/may.ts';
import type { Anchor } from '../ui/anchor.ts';
import { FloatingMenu, MenuChoice, MenuItem, MenuSeparator, SubMenu } from '../ui/Menu.tsx';
import { toastError } from '../ui/toast.ts';
import { isUnread, leave, mute, SILENCES, set, toggleArchived, togglePinned, toggleRead } from './deeds.ts';

export function RowMenu({
  id,
  anchor,
  onClose,
}: {
  readonly id: string;
  readonly anchor: Anchor;
  readonly onClose: () => void;
}) {
  const entry = useReadable(useClient().conversations.get(id));
  return entry ? <Opened entry={entry} anchor={anchor} onClose={onClose} /> : null;
}

function Opened({
  entry,
  anchor,
  onClose,
}: {
  readonly entry: ConversationEntry;
  readonly anchor: Anchor;
  readonly onClose: () => void;
}) {
  const client = useClient();
  const { name } = useFace(entry);
  const { preference } = entry;
  const returnFocus = useReturnFocus();
  const unread = isUnread(entry);
  const { conversation, membership } = entry;
  const mustHandOver = membership.role === 'owner' && conversation.memberCount > 1;
  return (
    <FloatingMenu anchor={anchor} label={t('list.menu', { name })} onClose={onClose} finalFocus={returnFocus}>
      <MenuItem icon={unread ? MailOpen : Mail} onSelect={() => toggleRead(client, entry)}>
        {unread ? t('list.markRead') : t('list.markUnread')}
      </MenuItem>
      {preference.pinned === null ? (
        <MenuItem icon={Pin} onSelect={() => togglePinned(client, entry)}>
          {t('list.pin')}
        </MenuItem>
      ) : (
        <Pinned entry={entry} />
      )}
      {entry.muted ? (
        <MenuItem icon={Bell} onSelect={() => set(client, entry, { mutedUntil: null })}>
          {t('list.unmute')}
        </MenuItem>
      ) : (
        <SubMenu icon={BellOff} label={t('list.mute')}>
          {SILENCES.map((seconds) => (
            <MenuItem key={seconds} onSelect={() => mute(client, entry, seconds)}>
              {t('list.muteFor', { time: duration(seconds) })}
            </MenuItem>
          ))}
          <MenuItem onSelect={() => mute(client, entry, null)}>{t('list.muteAlways')}</MenuItem>
        </SubMenu>
      )}
      <SubMenu icon={BellRing} label={t('list.notify')}>
        <MenuChoice
          legend={t('list.notify')}
          value={preference.level ?? 'usual'}
          onChange={(level) => set(client, entry, { level: level === 'usual' ? null : level })}
          options={[
            { value: 'usual', label: t('list.notify.usual') },
            { value: 'all', label: t('list.notify.all') },
            { value: 'mentions', label: t('list.notify.mentions') },
            { value: 'none', label: t('list.notify.none') },
          ]}
        />
      </SubMenu>
      <MenuItem
        icon={entry.archived ? ArchiveRestore : Archive}
        onSelect={() => toggleArchived(client, entry)}
      >
        {entry.archived ? t('list.unarchive') : t('list.archive')}
      </MenuItem>
      <FolderItems entry={entry} />
      {mayOf(entry).leave && (
        <>
          <MenuSeparator />
          <MenuItem
            icon={LogOut}
            danger
            disabled={mustHandOver}
            onSelect={() => leave(client, entry.id, name)}
          >
            {conversation.kind === 'group' ? t('details.leave.group') : t('details.leave.channel')}
          </MenuItem>
        </>
      )}
    </FloatingMenu>
  );
}

function Pinned({ entry }: { readonly entry: ConversationEntry }) {
  const client = useClient();
  const list = useReadable(client.conversations.list);
  const pinned = list.slice(0, limits.pinnedConversations).filter((one) => one.preference.pinned !== null);
  const at = pinned.findIndex((one) => one.id === entry.id);
  const move = (by: number) => client.conversations.movePinned(entry.id, at + by).catch(toastError);
  return (
    <>
      <MenuItem icon={PinOff} onSelect={() => togglePinned(client, entry)}>
        {t('list.unpin')}
      </MenuItem>
      {at > 0 && (
        <MenuItem icon={ArrowUp} shortcut={shortcutSign('pinUp')} onSelect={() => void move(-1)}>
          {t('list.pinUp')}
        </MenuItem>
      )}
      {at < pinned.length - 1 && (
        <MenuItem icon={ArrowDown} shortcut={shortcutSign('pinDown')} onSelect={() => void move(1)}>
          {t('list.pinDown')}
        </MenuItem>
      )}
    </>
  );
}
