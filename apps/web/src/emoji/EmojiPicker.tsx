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
  Sparkles,
  Trophy,
  Users,
} from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { pointerFine } from '../app/media.ts';
import { t } from '../i18n/index.ts';
import { useLongPress } from '../message/useLongPress.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { EmojiGlyph, useCustomEmoji, withCustom } from './custom.tsx';
import { CUSTOM, type Emoji, type EmojiData, groups, loadEmoji } from './data.ts';
import { keepTone, readTone, useRecentEmoji } from './recents.ts';
import { firstPlace, move, type PickerRow, type Place, pickerRows, RECENT } from './rows.ts';
import { TONES } from './tones.ts';
import { Variants } from './Variants.tsx';

const COLUMNS = 8;
/** Of the row of skin tones, as drawn. */
const VARIANTS_WIDTH = 6 * 40 + 8;
const VARIANTS_HEIGHT = 48;
const MOVES = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);
/** In scripts from right to left. */
const MIRRORED: Readonly<Record<string, string>> = { ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' };
const ICONS: Readonly<Record<number, LucideIcon>> = {
  [RECENT]: Clock,
  [CUSTOM]: Sparkles,
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
const TONE_SAMPLES = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿'] as const;

type Loaded = { readonly type: 'loading' | 'failed' } | { readonly type: 'ready'; readonly data: EmojiData };

const NONE: ReturnType<typeof useCustomEmoji> = new Map();

export default function EmojiPicker({
  onPick,
  custom: offered = true,
}: {
  readonly onPick: (emoji: string) => void;
  /** Whether those of this place are offered. */
  readonly custom?: boolean;
}) {
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

  const all = useCustomEmoji();
  const custom = offered ? all : NONE;
  const ready = loaded.type === 'ready' ? loaded.data : undefined;
  const data = useMemo(() => ready && withCustom(ready, custom), [ready, custom]);

  if (data) return <Picker data={data} hasCustom={custom.size > 0} onPick={onPick} />;
  return (
    <span className="kith-emoji-wait">
      {loaded.type === 'loading' ? (
        <Spinner />
      ) : (
        <Button kind="plain" onClick={() => setAttempt(attempt + 1)}>
          {t('emoji.failed')}
        </Button>
      )}
    </span>
  );
}

interface Opened {
  readonly emoji: Emoji;
  readonly at: { readonly x: number; readonly y: number };
}

function Picker({
  data,
  hasCustom,
  onPick,
}: {
  readonly data: EmojiData;
  readonly hasCustom: boolean;
  readonly onPick: (emoji: string) => void;
}) {
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
  const root = useRef<HTMLDivElement>(null);
  const [variants, setVariants] = useState<Opened>();
  // The popover took the focus before there was a field to give it to. Not with a finger: the keyboard would cover the emoji.
  useEffect(() => {
    if (pointerFine.get()) search.current?.focus();
  }, []);

  const at = place ?? (query === '' ? undefined : firstPlace(rows));
  const active = at && cellAt(rows, at);
  const pick = (emoji: Emoji) => onPick(inTone(emoji, tone));

  /** Above the cell, and within the picker. */
  const openVariants = (emoji: Emoji, cell: Element | null) => {
    const around = root.current?.getBoundingClientRect();
    const box = cell?.getBoundingClientRect();
    if (emoji.tones.length === 0 || !around || !box) return;
    const x = Math.min(Math.max(4, box.left - around.left), around.width - VARIANTS_WIDTH - 4);
    setVariants({ emoji, at: { x, y: Math.max(4, box.top - around.top - VARIANTS_HEIGHT) } });
  };
  const closeVariants = useCallback(() => {
    setVariants(undefined);
    if (pointerFine.get()) search.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (active) pick(active);
      return;
    }
    if (event.key === 'ContextMenu' || (event.altKey && event.key === 'ArrowDown')) {
      event.preventDefault();
      if (at && active) openVariants(active, document.getElementById(cellId(id, at)));
      return;
    }
    // Left and right belong to the text while there is some, until a cell was walked to.
    const sideways = ['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key);
    if (!MOVES.has(event.key) || (sideways && !place)) return;
    event.preventDefault();
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const next = at ? move(rows, at, rtl ? (MIRRORED[event.key] ?? event.key) : event.key) : firstPlace(rows);
    if (!next) return;
    setPlace(next);
    list.current?.scrollToIndex(next.row, { align: 'nearest' });
  };

  const headings = rows.flatMap((row, index) => (row.type === 'heading' ? [{ ...row, index }] : []));
  const current = section ?? headings[0]?.group;

  return (
    <div ref={root} className="kith-emoji-picker">
      <div className="kith-emoji-search">
        <Search size={16} strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={search}
          type="text"
          role="combobox"
          aria-label={t('emoji.searchLabel')}
          aria-expanded="true"
          aria-controls={`${id}-grid`}
          aria-activedescendant={at ? cellId(id, at) : undefined}
          aria-autocomplete="list"
          placeholder={t('emoji.search')}
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
        aria-label={t('emoji.label')}
        aria-rowcount={rows.length}
        aria-colcount={COLUMNS}
      >
        {rows.length === 0 ? (
          <p className="kith-emoji-none">{t('emoji.none', { query: query.trim() })}</p>
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
                onVariants={openVariants}
              />
            )}
          </Virtualizer>
        )}
      </div>
      <nav className="kith-emoji-sections" aria-label={t('emoji.groups')}>
        {[
          ...(recentAtOpening.length > 0 ? [{ id: RECENT, name: 'emoji.recent' as const }] : []),
          ...(hasCustom ? [{ id: CUSTOM, name: 'emoji.custom' as const }] : []),
          ...groups,
        ].map((group) => {
          const Icon = ICONS[group.id] ?? Smile;
          return (
            <button
              key={group.id}
              type="button"
              title={t(group.name)}
              aria-label={t(group.name)}
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
      {variants && (
        <Variants
          {...variants}
          onPick={(char) => {
            setVariants(undefined);
            onPick(char);
          }}
          onClose={closeVariants}
        />
      )}
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
  readonly onVariants: (emoji: Emoji, cell: Element | null) => void;
}

function GridRow({ id, row, index, activeColumn, tone, onPick, onVariants }: GridRowProps) {
  if (row.type === 'heading') {
    return (
      <div role="row" aria-rowindex={index + 1} className="kith-emoji-heading">
        <span role="gridcell" aria-colspan={COLUMNS}>
          {t(row.name)}
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
          <Cell
            emoji={emoji}
            shown={inTone(emoji, tone)}
            active={column === activeColumn}
            onPick={onPick}
            onVariants={onVariants}
          />
        </span>
      ))}
    </div>
  );
}

interface CellProps extends Pick<GridRowProps, 'onPick' | 'onVariants'> {
  readonly emoji: Emoji;
  readonly shown: string;
  readonly active: boolean;
}

function Cell({ emoji, shown, active, onPick, onVariants }: CellProps) {
  const button = useRef<HTMLButtonElement>(null);
  const longPress = useLongPress(() => onVariants(emoji, button.current));
  return (
    <button
      ref={button}
      type="button"
      tabIndex={-1}
      title={emoji.shortcodes[0] ? `${emoji.name} :${emoji.shortcodes[0]}:` : emoji.name}
      aria-label={emoji.name}
      aria-haspopup={emoji.tones.length > 0 ? 'menu' : undefined}
      data-active={active || undefined}
      // The focus stays in the search field, so that one may go on typing.
      onMouseDown={(event) => event.preventDefault()}
      onContextMenu={(event) => {
        event.preventDefault();
        if (!longPress.fired()) onVariants(emoji, event.currentTarget);
      }}
      onClick={() => longPress.fired() || onPick(emoji)}
      {...longPress.handlers}
    >
      <EmojiGlyph emoji={shown} />
    </button>
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
  const label = t('emoji.tone', { tone: t(TONES[tone] ?? TONES[0]) });
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
