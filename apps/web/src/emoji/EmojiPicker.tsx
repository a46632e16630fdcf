import {
  Clock,
  Coffee,
  Flag,
  Hash,
  Leaf,
  Lightbulb,
  type LucideIcon,
  Plane,
  Search,
  Smile,
  Trophy,
  Users,
} from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { pointerFine } from '../app/media.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { type Emoji, type EmojiData, groups, loadEmoji } from './data.ts';
import { keepTone, readTone, useRecentEmoji } from './recents.ts';
import { firstPlace, move, type PickerRow, type Place, pickerRows, RECENT } from './rows.ts';

const COLUMNS = 8;
const ICONS: Readonly<Record<number, LucideIcon>> = {
  [RECENT]: Clock,
  0: Smile,
  1: Users,
  3: Leaf,
  4: Coffee,
  5: Plane,
  6: Trophy,
  7: Lightbulb,
  8: Hash,
  9: Flag,
};
const TONES = ['As drawn', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'] as const;
const TONE_SAMPLES = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿'] as const;

type Loaded = { readonly type: 'loading' | 'failed' } | { readonly type: 'ready'; readonly data: EmojiData };

export default function EmojiPicker({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const [loaded, setLoaded] = useState<Loaded>({ type: 'loading' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is the reason to load again
  useEffect(() => {
    let wanted = true;
    loadEmoji().then(
      (data) => wanted && setLoaded({ type: 'ready', data }),
      () => wanted && setLoaded({ type: 'failed' }),
    );
    return () => {
      wanted = false;
    };
  }, [attempt]);

  if (loaded.type === 'ready') return <Picker data={loaded.data} onPick={onPick} />;
  return (
    <span className="kith-emoji-wait">
      {loaded.type === 'loading' ? (
        <Spinner />
      ) : (
        <Button kind="plain" onClick={() => setAttempt(attempt + 1)}>
          Could not load the emoji. Try again
        </Button>
      )}
    </span>
  );
}

function Picker({ data, onPick }: { readonly data: EmojiData; readonly onPick: (emoji: string) => void }) {
  const id = useId();
  const recent = useRecentEmoji();
  // The row of recents must not move under the pointer while one picks several.
  const [recentAtOpening] = useState(recent);
  const [query, setQuery] = useState('');
  const [tone, setTone] = useState(readTone);
  const rows = useMemo(
    () => pickerRows(data, query, recentAtOpening, COLUMNS),
    [data, query, recentAtOpening],
  );
  const [place, setPlace] = useState<Place | undefined>(undefined);
  const [section, setSection] = useState<number>();
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  // The popover took the focus before there was a field to give it to. Not with a finger: the keyboard would cover the emoji.
  useEffect(() => {
    if (pointerFine.get()) search.current?.focus();
  }, []);

  const at = place ?? (query === '' ? undefined : firstPlace(rows));
  const active = at && cellAt(rows, at);
  const pick = (emoji: Emoji) => onPick(inTone(emoji, tone));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (active) pick(active);
      return;
    }
    // Left and right belong to the text while there is some, until a cell was walked to.
    const sideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    if (!event.key.startsWith('Arrow') || (sideways && !place)) return;
    event.preventDefault();
    const next = at ? move(rows, at, event.key) : firstPlace(rows);
    if (!next) return;
    setPlace(next);
    list.current?.scrollToIndex(next.row, { align: 'nearest' });
  };

  const headings = rows.flatMap((row, index) => (row.type === 'heading' ? [{ ...row, index }] : []));
  const current = section ?? headings[0]?.group;

  return (
    <div className="kith-emoji-picker">
      <div className="kith-emoji-search">
        <Search size={16} strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={search}
          type="text"
          role="combobox"
          aria-label="Search emoji"
          aria-expanded="true"
          aria-controls={`${id}-grid`}
          aria-activedescendant={at ? cellId(id, at) : undefined}
          aria-autocomplete="list"
          placeholder="Search"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setPlace(undefined);
            list.current?.scrollTo(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ToneButton
          tone={tone}
          onChange={(next) => {
            setTone(next);
            keepTone(next);
          }}
        />
      </div>
      <div
        ref={scroller}
        id={`${id}-grid`}
        className="kith-emoji-grid"
        role="grid"
        aria-label="Emoji"
        aria-rowcount={rows.length}
        aria-colcount={COLUMNS}
      >
        {rows.length === 0 ? (
          <p className="kith-emoji-none">No emoji is called “{query.trim()}”.</p>
        ) : (
          <Virtualizer
            ref={list}
            data={rows}
            itemSize={40}
            scrollRef={scroller}
            onScroll={(offset) => {
              const first = list.current?.findItemIndex(offset + 20) ?? 0;
              setSection(headings.findLast((heading) => heading.index <= first)?.group);
            }}
          >
            {(row, index) => (
              <GridRow
                key={row.type === 'heading' ? row.name : row.key}
                id={id}
                row={row}
                index={index}
                activeColumn={at?.row === index ? at.column : undefined}
                tone={tone}
                onPick={pick}
              />
            )}
          </Virtualizer>
        )}
      </div>
      <nav className="kith-emoji-sections" aria-label="Groups of emoji">
        {[...(recentAtOpening.length > 0 ? [{ id: RECENT, name: 'Recent' }] : []), ...groups].map((group) => {
          const Icon = ICONS[group.id] ?? Smile;
          return (
            <button
              key={group.id}
              type="button"
              title={group.name}
              aria-label={group.name}
              aria-current={query === '' && current === group.id ? 'true' : undefined}
              onClick={() => {
                setQuery('');
                setPlace(undefined);
                // After the rows of a search have given way to all of them.
                requestAnimationFrame(() => {
                  const all = pickerRows(data, '', recentAtOpening, COLUMNS);
                  const index = all.findIndex((row) => row.type === 'heading' && row.group === group.id);
                  list.current?.scrollToIndex(index, { align: 'start' });
                });
              }}
            >
              <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
            </button>
          );
        })}
      </nav>
    </div>
  );
}

interface GridRowProps {
  readonly id: string;
  readonly row: PickerRow;
  readonly index: number;
  readonly activeColumn: number | undefined;
  readonly tone: number;
  readonly onPick: (emoji: Emoji) => void;
}

function GridRow({ id, row, index, activeColumn, tone, onPick }: GridRowProps) {
  if (row.type === 'heading') {
    return (
      <div role="row" aria-rowindex={index + 1} className="kith-emoji-heading">
        <span role="gridcell" aria-colspan={COLUMNS}>
          {row.name}
        </span>
      </div>
    );
  }
  return (
    <div role="row" aria-rowindex={index + 1} className="kith-emoji-row">
      {row.cells.map((emoji, column) => (
        <span
          key={emoji.char}
          role="gridcell"
          aria-colindex={column + 1}
          aria-selected={column === activeColumn}
          id={cellId(id, { row: index, column })}
        >
          <button
            type="button"
            tabIndex={-1}
            title={emoji.shortcodes[0] ? `${emoji.name} :${emoji.shortcodes[0]}:` : emoji.name}
            aria-label={emoji.name}
            data-active={column === activeColumn || undefined}
            // The focus stays in the search field, so that one may go on typing.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(emoji)}
          >
            {inTone(emoji, tone)}
          </button>
        </span>
      ))}
    </div>
  );
}

/** One button that steps through the tones: rarely used, so it takes one place and no menu. */
function ToneButton({
  tone,
  onChange,
}: {
  readonly tone: number;
  readonly onChange: (tone: number) => void;
}) {
  const label = `Skin tone: ${TONES[tone] ?? TONES[0]}`;
  return (
    <button
      type="button"
      className="kith-emoji-tone"
      aria-label={label}
      title={label}
      onClick={() => onChange((tone + 1) % TONES.length)}
    >
      {TONE_SAMPLES[tone] ?? TONE_SAMPLES[0]}
    </button>
  );
}

const cellId = (id: string, { row, column }: Place): string => `${id}-${row}-${column}`;

function cellAt(rows: readonly PickerRow[], { row, column }: Place): Emoji | undefined {
  const at = rows[row];
  return at?.type === 'emoji' ? at.cells[column] : undefined;
}

const inTone = (emoji: Emoji, tone: number): string =>
  (tone > 0 ? emoji.tones[tone - 1] : undefined) ?? emoji.char;
