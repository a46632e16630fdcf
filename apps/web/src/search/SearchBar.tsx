/** Search inside of the open conversation: a bar below its header. What is found is shown where it was said. */
import { CalendarDays, ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { t } from '../i18n/index.ts';
import { textOf } from '../message/excerpt.ts';
import { requestJump } from '../message/jumps.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { Hints } from './Hints.tsx';
import { markHit, unmark } from './mark.ts';
import { closeBar, openCalendar } from './openings.ts';
import { type Hit, useMessageSearch } from './useMessageSearch.ts';
import './bar.css';

/** Hits that are left when the next page is asked for. */
const AHEAD = 3;

export default function SearchBar({ conversationId }: { readonly conversationId: string }) {
  const [query, setQuery] = useState('');
  const search = useMessageSearch(query.trim(), conversationId);
  const { hits, status, more, loadMore } = search;
  /** Which hit is shown, of which query: 0 is the newest. */
  const [place, setPlace] = useState({ query: '', index: 0 });
  const field = useRef<HTMLInputElement>(null);
  const ready = status === 'ready' && search.query === query.trim();

  useEffect(() => {
    field.current?.focus();
    return unmark;
  }, []);

  const show = (index: number, hit: Hit): void => {
    setPlace({ query: search.query, index });
    const text = textOf(hit.message.body);
    const words = hit.ranges.map(([start, end]) => text.slice(start, end));
    requestJump(conversationId, hit.message.id);
    markHit(hit.message.id, words, { stays: true });
    if (more && index >= hits.length - AHEAD) loadMore();
  };
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
  });

  // What was just found: the newest of it.
  const [newest] = hits;
  useEffect(() => {
    if (!ready || place.query === search.query) return;
    if (newest) latest.current(0, newest);
    else unmark();
  }, [ready, newest, place.query, search.query]);

  const step = (by: 1 | -1): void => {
    const hit = hits[place.index + by];
    if (ready && hit) show(place.index + by, hit);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      closeBar();
    } else if (event.target !== field.current) return;
    else if (event.key === 'ArrowUp' || (event.key === 'Enter' && !event.shiftKey)) step(1);
    else if (event.key === 'ArrowDown' || event.key === 'Enter') step(-1);
    else return;
    event.preventDefault();
  };

  return (
    <div className="kith-bar" role="search" onKeyDown={onKeyDown}>
      <div className="kith-bar-line">
        <div className="kith-search">
          <Search size={16} strokeWidth={2} aria-hidden="true" />
          <input
            ref={field}
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            placeholder={t('search.here')}
            aria-label={t('search.here')}
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="search"
          />
        </div>
        <span className="kith-bar-count" role="status">
          <Count search={search} index={place.index} searching={query.trim() !== ''} />
        </span>
        <IconButton
          icon={ChevronUp}
          label={t('search.older')}
          disabled={!ready || place.index + 1 >= hits.length}
          onClick={() => step(1)}
        />
        <IconButton
          icon={ChevronDown}
          label={t('search.newer')}
          disabled={!ready || place.index === 0 || hits.length === 0}
          onClick={() => step(-1)}
        />
        <IconButton
          icon={CalendarDays}
          label={t('date.title')}
          onClick={() => openCalendar(conversationId)}
        />
        <IconButton icon={X} label={t('search.close')} onClick={closeBar} />
      </div>
      <Hints
        query={query}
        without={['in']}
        onQuery={(next) => {
          setQuery(next);
          field.current?.focus();
        }}
      />
    </div>
  );
}

interface CountProps {
  readonly search: ReturnType<typeof useMessageSearch>;
  readonly index: number;
  readonly searching: boolean;
}

function Count({ search, index, searching }: CountProps) {
  const { status, hits, total, more, corrected } = search;
  if (!searching) return null;
  if (status === 'loading') return <Spinner size={16} />;
  if (status === 'failed') return t('search.failed');
  if (hits.length === 0) return t('search.none');
  const count = total ?? hits.length;
  const n = index + 1;
  if (corrected) return t('search.similar', { n, count });
  return total === null && more
    ? t('search.positionSoFar', { n, count })
    : t('search.position', { n, count });
}
