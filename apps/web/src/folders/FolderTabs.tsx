/** The folders above the list, as tabs: all conversations first. There are none until somebody makes one. */
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { navigate } from '../app/route.ts';
import { useShortcut } from '../app/useShortcuts.ts';
import { t } from '../i18n/index.ts';
import { Badge } from '../ui/Badge.tsx';
import { chooseFolder, useChosenFolder, useFolders } from './chosen.ts';
import { waitingIn } from './folder.ts';
import './folders.css';

/** What the tabs choose among: an id for `aria-controls`. */
export const FOLDER_PANEL = 'kith-folder-panel';

export function FolderTabs() {
  const client = useClient();
  const folders = useFolders();
  const chosen = useChosenFolder();
  const list = useReadable(client.conversations.list);
  const archive = useReadable(client.conversations.archive);
  const { conversations } = useReadable(client.conversations.totals);
  const tabs = useRef<HTMLDivElement>(null);
  const waiting = useMemo(() => {
    const all = [...list, ...archive];
    return new Map(folders.map((folder) => [folder.id, waitingIn(all, folder)]));
  }, [folders, list, archive]);
  const ids = [null, ...folders.map(({ id }) => id)];
  const chosenId = chosen?.id ?? null;

  useShortcut('folder', (event) => {
    const id = ids[Number(event.code.replace(/^\D+/, '')) - 1];
    if (id === undefined) return;
    navigate({ left: 'chats', archive: false }, { replace: true });
    chooseFolder(id);
  });

  // Also when it was chosen by a key, or on a screen that shows few.
  useEffect(() => {
    const selected = tabs.current?.querySelector(`[data-folder="${CSS.escape(chosenId ?? 'all')}"]`);
    selected?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosenId]);

  if (folders.length === 0) return null;

  const onKeyDown = (event: KeyboardEvent): void => {
    const forward = document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = document.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    const at = ids.indexOf(chosenId);
    const to = new Map([
      [forward, Math.min(at + 1, ids.length - 1)],
      [backward, Math.max(at - 1, 0)],
      ['Home', 0],
      ['End', ids.length - 1],
    ]).get(event.key);
    const id = to === undefined ? undefined : ids[to];
    if (id === undefined) return;
    event.preventDefault();
    chooseFolder(id);
    tabs.current?.querySelector<HTMLElement>(`[data-folder="${CSS.escape(id ?? 'all')}"]`)?.focus();
  };

  const tab = (id: string | null, name: string, emoji: string | null, count: number) => (
    <button
      key={id ?? 'all'}
      type="button"
      role="tab"
      className="kith-folder-tab"
      data-folder={id ?? 'all'}
      aria-selected={id === chosenId}
      aria-controls={FOLDER_PANEL}
      tabIndex={id === chosenId ? 0 : -1}
      onClick={() => chooseFolder(id)}
    >
      {emoji && <span aria-hidden="true">{emoji}</span>}
      <bdi>{name}</bdi>
      <Badge
        count={count}
        quiet={id !== chosenId}
        label={(unread) => t('folder.waiting', { count: unread })}
      />
    </button>
  );

  return (
    <div
      ref={tabs}
      className="kith-folder-tabs"
      role="tablist"
      aria-label={t('folder.title')}
      onKeyDown={onKeyDown}
      onWheel={(event) => {
        // A wheel turns one way only: on, whichever way that is.
        const on = document.dir === 'rtl' ? -1 : 1;
        if (event.deltaX === 0) event.currentTarget.scrollLeft += event.deltaY * on;
      }}
    >
      {tab(null, t('folder.all'), null, conversations)}
      {folders.map((folder) => tab(folder.id, folder.name, folder.emoji, waiting.get(folder.id) ?? 0))}
    </div>
  );
}
