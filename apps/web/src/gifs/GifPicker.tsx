/** GIFs to choose from: what is in fashion, or what a search finds, in two columns that grow as one scrolls. */
import type { FoundGif, GifAttachment, GifProvider } from '@kith/protocol';
import { useEffect, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { errorText } from '../i18n/errors.ts';
import { currentLanguage, t } from '../i18n/index.ts';
import { focusFirstCell, moveInGrid } from '../picker/gridKeys.ts';
import { SearchRow } from '../picker/SearchRow.tsx';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { providerNames } from './providers.ts';
import './gifs.css';

/** Somebody types: ask when they pause. */
const PAUSE_MS = 300;
/** So near to the end the next page is asked for, pixels. */
const NEAR_END = 400;

interface Page {
  readonly query: string;
  readonly provider: GifProvider;
  readonly gifs: readonly FoundGif[];
  readonly next: string | null;
}

type State = { readonly type: 'loading' | 'idle' } | { readonly type: 'failed'; readonly text: string };

export default function GifPicker({ onSend }: { readonly onSend: (gif: GifAttachment) => void }) {
  const client = useClient();
  const [query, setQuery] = useState('');
  const [page, setPage] = useState<Page>();
  const [state, setState] = useState<State>({ type: 'loading' });
  const [attempt, setAttempt] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const stop = useRef<AbortController>(undefined);

  const ask = async (asked: string, before?: Page) => {
    stop.current?.abort();
    const controller = new AbortController();
    stop.current = controller;
    setState({ type: 'loading' });
    try {
      const found = await client.request(
        'searchGifs',
        {
          language: currentLanguage(),
          ...(asked !== '' && { query: asked }),
          ...(before?.next && { cursor: before.next }),
        },
        { signal: controller.signal },
      );
      if (controller.signal.aborted) return;
      const known = new Set(before?.gifs.map(({ id }) => id));
      const fresh = found.gifs.filter(({ id }) => !known.has(id));
      setPage({ query: asked, ...found, gifs: [...(before?.gifs ?? []), ...fresh] });
      setState({ type: 'idle' });
    } catch (error) {
      if (!controller.signal.aborted) setState({ type: 'failed', text: errorText(error) });
    }
  };
  const latest = useRef(ask);
  latest.current = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is the reason to ask again
  useEffect(() => {
    const wanted = query.trim();
    const timer = setTimeout(() => void latest.current(wanted), wanted === '' ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query, attempt]);
  useEffect(() => () => stop.current?.abort(), []);

  const gifs = page?.gifs ?? [];
  return (
    <div className="kith-picker-body">
      <SearchRow
        label={t('gif.search')}
        value={query}
        onChange={(next) => setQuery(next.slice(0, 100))}
        onDown={() => focusFirstCell(grid.current)}
      />
      <div
        className="kith-picker-scroll"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          const near = scrollTop + clientHeight > scrollHeight - NEAR_END;
          if (near && state.type === 'idle' && page?.next) void ask(page.query, page);
        }}
      >
        {gifs.length > 0 && (
          <div
            ref={grid}
            className="kith-gif-columns"
            role="group"
            aria-label={t('picker.gifs')}
            onKeyDown={moveInGrid}
          >
            {columns(gifs).map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: there are always two, and they stay
              <div key={index} className="kith-gif-column">
                {column.map((gif) => (
                  <button
                    key={gif.id}
                    type="button"
                    className="kith-gif-cell"
                    data-cell
                    aria-label={gif.alt}
                    style={{ aspectRatio: `${gif.width} / ${gif.height}` }}
                    onClick={() => onSend(sendable(gif))}
                  >
                    <img src={gif.thumb} alt="" loading="lazy" draggable={false} />
                  </button>
                ))}
              </div>
            ))}
          </div>
        )}
        {state.type === 'loading' && gifs.length === 0 && (
          <span className="kith-emoji-wait">
            <Spinner />
          </span>
        )}
        {state.type === 'idle' && gifs.length === 0 && (
          <p className="kith-picker-note">{t('gif.none', { query: query.trim() })}</p>
        )}
        {state.type === 'failed' && (
          <div className="kith-picker-note" role="alert">
            <p>{state.text}</p>
            <Button onClick={() => setAttempt(attempt + 1)}>{t('common.tryAgain')}</Button>
          </div>
        )}
      </div>
      {page && (
        <p className="kith-picker-credit">{t('gif.credit', { provider: providerNames[page.provider] })}</p>
      )}
    </div>
  );
}

const sendable = ({ thumb: _, ...gif }: FoundGif): GifAttachment => ({ type: 'gif', ...gif });

/** Each into the shorter of two columns; what came earlier stays where it is. */
function columns(gifs: readonly FoundGif[]): readonly (readonly FoundGif[])[] {
  const made: [FoundGif[], FoundGif[]] = [[], []];
  const heights: [number, number] = [0, 0];
  for (const gif of gifs) {
    const side = heights[0] <= heights[1] ? 0 : 1;
    made[side].push(gif);
    heights[side] += gif.height / gif.width;
  }
  return made;
}
