/** The left pane: search on top, below it the conversations or what the search finds. */
import { Search, Settings, SquarePen, X } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useClient, useReadable } from '../app/client.tsx';
import { modKey } from '../app/media.ts';
import { navigate, useRoute } from '../app/route.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { List } from './List.tsx';
import { useItems } from './useItems.ts';
import { nextRow } from './useListKeys.ts';

export function ListPane() {
  const { conversationId } = useRoute();
  const client = useClient();
  const [query, setQuery] = useState('');
  // Typing stays quick however many conversations are searched.
  const search = useItems(useDeferredValue(query.trim()));
  const status = useReadable(client.conversations.status);
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const focusFirst = useRef<() => void>(() => undefined);

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey ||
        event.key.toLowerCase() !== 'k'
      )
        return;
      event.preventDefault();
      // The pane may have been hidden until now; at once, as the next letter is meant for the field already.
      flushSync(() => navigate({ left: 'chats' }, { replace: true }));
      field.current?.focus();
      field.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const onFieldKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      focusFirst.current();
    } else if (event.key === 'Enter' && query) {
      const first = search.items[nextRow(search.items, -1, 1)];
      if (!first) return;
      body.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(first.key)}"]`)?.click();
      // Found: the list is whole again. A person's row says so itself, once the conversation is there.
      if (first.type === 'conversation') setQuery('');
    } else if (event.key === 'Escape') {
      if (query) setQuery('');
      else field.current?.blur();
    }
  };

  return (
    <>
      <header className="kith-list-head">
        <IconButton icon={Settings} label="Settings" onClick={() => navigate({ left: 'settings' })} />
        <div className="kith-search" role="search">
          <Search size={16} strokeWidth={2} aria-hidden="true" />
          <input
            ref={field}
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={onFieldKey}
            placeholder="Search"
            aria-label="Search conversations and people"
            aria-keyshortcuts="Control+K Meta+K"
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="go"
          />
          {query ? (
            <button
              type="button"
              className="kith-search-clear"
              aria-label="Clear search"
              onClick={() => {
                setQuery('');
                field.current?.focus();
              }}
            >
              <X size={16} strokeWidth={2} aria-hidden="true" />
            </button>
          ) : (
            <span className="kith-search-key" aria-hidden="true">
              {modKey === '⌘' ? '⌘K' : 'Ctrl K'}
            </span>
          )}
        </div>
        <IconButton icon={SquarePen} label="New conversation" onClick={() => navigate({ left: 'new' })} />
      </header>
      <div className="kith-list-body" ref={body}>
        <List
          items={search.items}
          searching={query.trim() !== ''}
          loading={query ? search.loading : status === 'loading'}
          failed={search.failed}
          selectedId={conversationId}
          field={field}
          focusFirst={focusFirst}
          onOpened={() => setQuery('')}
        />
      </div>
    </>
  );
}
