import { Archive, Folder, MessagesSquare } from 'lucide-react';
import {
  type KeyboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useClient } from '../app/client.tsx';
import { peerOf, useIsGuest, useMyId } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { isShortcut } from '../app/shortcuts.ts';
import { useToday } from '../app/time.ts';
import { useWatch } from '../app/watch.ts';
import { editFolder } from '../folders/chosen.ts';
import type { NamedFolder } from '../folders/folder.ts';
import { t } from '../i18n/index.ts';
import { ChannelRow, HitRow, LoadMore, PersonRow } from '../search/foundLater.ts';
import type { Anchor } from '../ui/anchor.ts';
import { Button } from '../ui/Button.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { toastError } from '../ui/toast.ts';
import { ArchiveRow } from './ArchiveRow.tsx';
import { ConversationRow } from './ConversationRow.tsx';
import type { Item } from './items.ts';
import { useListKeys } from './useListKeys.ts';
import { usePinDrag } from './usePinDrag.ts';

const RowMenu = lazy(async () => ({ default: (await import('./RowMenu.tsx')).RowMenu }));

const NONE: readonly string[] = [];

export interface ListProps {
  readonly items: readonly Item[];
  readonly searching: boolean;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly selectedId: string | null;
  readonly field: RefObject<HTMLElement | null>;
  /** Filled in here: moves the focus to the first row. */
  readonly focusFirst: RefObject<() => void>;
  readonly onOpened: () => void;
  /** The archive's, which may be empty without anything to begin. */
  readonly archive: boolean;
  /** Whose conversations these are; null: all. */
  readonly folder: NamedFolder | null;
}

export function List({
  items,
  searching,
  loading,
  failed,
  selectedId,
  field,
  focusFirst,
  onOpened,
  archive,
  folder,
}: ListProps) {
  const client = useClient();
  const today = useToday();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useRef<VirtualizerHandle>(null);
  const keys = useListKeys(items, selectedId, scroller, virtualizer, field);
  const watchVisible = useVisibleWatch(items, virtualizer);
  // Their places are among all: in a folder they are not moved.
  const inAll = folder === null;
  const pinned = useMemo(
    () =>
      (inAll ? items : []).flatMap((item) =>
        item.type === 'conversation' && item.entry.preference.pinned !== null ? [item.entry.id] : [],
      ),
    [items, inAll],
  );
  const drag = usePinDrag(client, searching ? NONE : pinned);
  const [menu, setMenu] = useState<{ readonly id: string; readonly anchor: Anchor } | null>(null);
  const onMenu = useCallback((id: string, anchor: Anchor) => setMenu({ id, anchor }), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = isShortcut(event.nativeEvent, 'pinUp') ? -1 : isShortcut(event.nativeEvent, 'pinDown') ? 1 : 0;
    const row = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'] ?? '';
    const at = pinned.indexOf(row);
    if (by === 0 || at < 0) return keys.onKeyDown(event);
    event.preventDefault();
    client.conversations.movePinned(row, at + by).catch(toastError);
  };
  useEffect(() => {
    focusFirst.current = keys.focusFirst;
  });

  if (items.length === 0) {
    if (loading) return <Loading />;
    if (searching) return <NothingFound failed={failed} />;
    if (folder) return <EmptyFolder folder={folder} />;
    return archive ? <EmptyArchive /> : <Empty />;
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows inside bubble to here.
    <div
      ref={scroller}
      className="kith-list-scroll"
      data-dragging={drag.dragging !== undefined || undefined}
      onKeyDown={onKeyDown}
      onPointerDown={drag.onPointerDown}
    >
      {searching && failed && <p className="kith-list-note">{t('list.offline')}</p>}
      <Virtualizer
        ref={virtualizer}
        data={items}
        itemSize={64}
        bufferSize={320}
        keepMounted={keys.stop >= 0 ? [keys.stop] : []}
        onScrollEnd={watchVisible}
        item="li"
        as="ul"
      >
        {(item, index) => {
          const tabStop = index === keys.stop;
          switch (item.type) {
            case 'conversation':
              return (
                <ConversationRow
                  key={item.key}
                  entry={item.entry}
                  selected={item.entry.id === selectedId}
                  today={today}
                  tabStop={tabStop}
                  onOpened={searching ? onOpened : undefined}
                  marked={item.entry.id === menu?.id}
                  shift={drag.shiftOf(item.entry.id)}
                  dragging={item.entry.id === drag.dragging}
                  onMenu={onMenu}
                />
              );
            case 'archive':
              return <ArchiveRow key={item.key} entries={item.entries} tabStop={tabStop} />;
            case 'person':
              return (
                <PersonRow
                  key={item.key}
                  user={item.user}
                  rowKey={item.key}
                  tabStop={tabStop}
                  onOpened={onOpened}
                />
              );
            case 'channel':
              return <ChannelRow key={item.key} channel={item.channel} rowKey={item.key} tabStop={tabStop} />;
            case 'message':
              return (
                <HitRow key={item.key} hit={item.hit} rowKey={item.key} today={today} tabStop={tabStop} />
              );
            case 'more':
              return <LoadMore key={item.key} more onMore={item.load} />;
            case 'note':
              return (
                <p key={item.key} className="kith-list-note" role="status">
                  {item.text}
                </p>
              );
            case 'heading':
              return (
                <h2 key={item.key} className="kith-list-heading">
                  {item.text}
                </h2>
              );
          }
        }}
      </Virtualizer>
      {menu && (
        <Suspense>
          <RowMenu id={menu.id} anchor={menu.anchor} onClose={() => setMenu(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** Watches the rows in sight. Returns what to call when they may be others. */
function useVisibleWatch(
  items: readonly Item[],
  virtualizer: RefObject<VirtualizerHandle | null>,
): () => void {
  const myId = useMyId();
  const [range, setRange] = useState({ from: 0, to: 16 });
  const visible = items
    .slice(range.from, range.to)
    .flatMap((item) => (item.type === 'conversation' ? [item.entry] : []));
  const peers = visible
    .map((entry) => peerOf(entry.conversation, myId))
    .filter((id) => id !== null && id !== myId);
  useWatch(
    visible.map((entry) => entry.id),
    peers.filter((id) => id !== null),
  );
  return () => {
    const list = virtualizer.current;
    if (!list) return;
    const from = list.findItemIndex(list.scrollOffset);
    const to = list.findItemIndex(list.scrollOffset + list.viewportSize) + 1;
    setRange({ from: Math.max(0, from - 2), to: to + 2 });
  };
}

function Loading() {
  return (
    <div className="kith-list-scroll" role="status" aria-label={t('list.loading')}>
      {Array.from({ length: 9 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nine identical placeholders.
        <div key={row} className="kith-row kith-row-ghost">
          <Skeleton width={44} height={44} round />
          <span className="kith-row-lines">
            <Skeleton width={`${42 + ((row * 17) % 30)}%`} height={13} />
            <Skeleton width={`${60 + ((row * 23) % 34)}%`} height={11} />
          </span>
        </div>
      ))}
    </div>
  );
}

function Empty() {
  const isGuest = useIsGuest();
  return (
    <div className="kith-notice">
      <MessagesSquare size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>{t('list.empty')}</p>
      <Button kind="primary" onClick={() => navigate({ left: 'new' })}>
        {t('list.start')}
      </Button>
      {!isGuest && (
        <Button kind="plain" onClick={() => navigate({ left: 'channels' })}>
          {t('new.browseChannels')}
        </Button>
      )}
    </div>
  );
}

function EmptyFolder({ folder }: { readonly folder: NamedFolder }) {
  return (
    <div className="kith-notice">
      <Folder size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>{folder.unread ? t('folder.emptyUnread') : t('folder.empty')}</p>
      <Button onClick={() => editFolder({ id: folder.id })}>{t('folder.editTitle')}</Button>
    </div>
  );
}

function EmptyArchive() {
  return (
    <div className="kith-notice">
      <Archive size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>{t('list.archiveEmpty')}</p>
      <Button onClick={() => navigate({ archive: false }, { replace: true })}>
        {t('conversation.backToList')}
      </Button>
    </div>
  );
}

function NothingFound({ failed }: { readonly failed: boolean }) {
  return (
    <div className="kith-notice" role="status">
      <p>{failed ? t('list.nothingHere') : t('list.nothing')}</p>
    </div>
  );
}
