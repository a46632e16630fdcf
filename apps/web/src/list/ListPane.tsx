/** The left pane: search on top, below it the conversations or what the search finds. */
import { ArrowLeft, Search, Settings, SquarePen, X } from 'lucide-react';
import { type KeyboardEvent, useCallback, useDeferredValue, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useClient, useReadable } from '../app/client.tsx';
import { back, navigate, useRoute } from '../app/route.ts';
import { shortcutSign } from '../app/shortcuts.ts';
import { useShortcut } from '../app/useShortcuts.ts';
import { useChosenFolder } from '../folders/chosen.ts';
import { FOLDER_PANEL, FolderTabs } from '../folders/FolderTabs.tsx';
import { t } from '../i18n/index.ts';
import { LaterRow } from '../later/LaterRow.tsx';
import { AskRow } from '../notify/AskRow.tsx';
import { RequestsRow } from '../requests/RequestsRow.tsx';
import { expectSearch, Hints } from '../search/foundLater.ts';
import { ThreadsRow } from '../threads/ThreadsRow.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { List } from './List.tsx';
import { useItems } from './useItems.ts';
import { nextRow } from './useListKeys.ts';

export function ListPane() {
  const { conversationId, archive } = useRoute();
  const client = useClient();
  const [query, setQuery] = useState('');
  // Typing stays quick however many conversations are searched.
  const chosen = useChosenFolder();
  const folder = archive ? null : chosen;
  const search = useItems(useDeferredValue(query.trim()), folder);
  const status = useReadable(client.conversations.status);
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const focusFirst = useRef<() => void>(() => undefined);

  useShortcut('search', () => {
    // The pane may have been hidden until now; at once, as the next letter is meant for the field already.
    flushSync(() => navigate({ left: 'chats', archive: false }, { replace: true }));
    field.current?.focus();
    field.current?.select();
  });

  const clear = useCallback(() => setQuery(''), []);

  const leaveArchive = (): void => {
    if (conversationId === null) back({ archive: false });
    else navigate({ archive: false }, { replace: true });
  };

  const onFieldKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      focusFirst.current();
    } else if (event.key === 'Enter' && query) {
      const first = search.items[nextRow(search.items, -1, 1)];
      if (!first) return;
      body.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(first.key)}"]`)?.click();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (query) setQuery('');
      else field.current?.blur();
    }
  };

  return (
    <>
      {archive && (
        <header className="kith-list-head">
          <IconButton icon={ArrowLeft} label={t('conversation.backToList')} onClick={leaveArchive} />
          <h2 className="kith-list-title">{t('list.archive.title')}</h2>
        </header>
      )}
      <header className="kith-list-head" hidden={archive}>
        <IconButton
          icon={Settings}
          label={t('settings.title')}
          onClick={() => navigate({ left: 'settings' })}
        />
        <div className="kith-search" role="search">
          <Search size={16} strokeWidth={2} aria-hidden="true" />
          <input
            ref={field}
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={onFieldKey}
            onFocus={expectSearch}
            placeholder={t('list.search')}
            aria-label={t('list.searchLabel')}
            aria-keyshortcuts="/ Control+Shift+F Meta+Shift+F"
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="go"
          />
          {query ? (
            <button
              type="button"
              className="kith-search-clear"
              aria-label={t('list.clearSearch')}
              onClick={() => {
                setQuery('');
                field.current?.focus();
              }}
            >
              <X size={16} strokeWidth={2} aria-hidden="true" />
            </button>
          ) : (
            <span className="kith-search-key" aria-hidden="true">
              {shortcutSign('search')}
            </span>
          )}
        </div>
        <IconButton
          icon={SquarePen}
          label={t('conversation.new')}
          onClick={() => navigate({ left: 'new' })}
        />
      </header>
      {query !== '' && (
        <Hints
          query={query}
          onQuery={(next) => {
            setQuery(next);
            field.current?.focus();
          }}
        />
      )}
      {query === '' && !archive && <FolderTabs />}
      {query === '' && <AskRow />}
      {query === '' && folder === null && !archive && <RequestsRow />}
      {query === '' && folder === null && <ThreadsRow />}
      {query === '' && folder === null && <LaterRow />}
      <div
        className="kith-list-body"
        ref={body}
        id={FOLDER_PANEL}
        {...(folder && { role: 'tabpanel', 'aria-label': folder.name })}
      >
        <List
          items={search.items}
          searching={query.trim() !== ''}
          loading={query ? search.loading : status === 'loading'}
          failed={search.failed}
          selectedId={conversationId}
          field={field}
          focusFirst={focusFirst}
          onOpened={clear}
          archive={archive}
          folder={query === '' ? folder : null}
        />
      </div>
    </>
  );
}
