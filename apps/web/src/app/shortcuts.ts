/**
 * All shortcuts in one table: the sheet shows it, and whatever obeys a key asks it. A new one is a row here, a text
 * `shortcut.<id>` in the catalogs, and the place where it acts: `useShortcut(id, run)` for the whole app, a row of
 * message/actions.ts for messages, else `isShortcut(event, id)`.
 *
 * A chord is a key as `KeyboardEvent.key` calls it, letters in lower case, behind its modifiers: `Mod` is ⌘ or Ctrl. A
 * single key without a modifier never acts while somebody types.
 */
import { type Key, t } from '../i18n/index.ts';
import { isApple } from './media.ts';

interface Row {
  readonly group: ShortcutGroup;
  readonly chords: readonly [string, ...string[]];
  /** Only told: the field or list it belongs to has always obeyed it. */
  readonly told?: true;
}

export const shortcutGroups = ['app', 'list', 'message', 'composer'] as const;
export type ShortcutGroup = (typeof shortcutGroups)[number];

const rows = {
  switcher: { group: 'app', chords: ['Mod+k'] },
  search: { group: 'app', chords: ['/', 'Mod+Shift+f'] },
  searchHere: { group: 'app', chords: ['Mod+f'] },
  previous: { group: 'app', chords: ['Alt+ArrowUp'] },
  next: { group: 'app', chords: ['Alt+ArrowDown'] },
  previousUnread: { group: 'app', chords: ['Alt+Shift+ArrowUp'] },
  nextUnread: { group: 'app', chords: ['Alt+Shift+ArrowDown'] },
  folder: {
    group: 'app',
    chords: ['Alt+1', 'Alt+2', 'Alt+3', 'Alt+4', 'Alt+5', 'Alt+6', 'Alt+7', 'Alt+8', 'Alt+9'],
  },
  newConversation: { group: 'app', chords: ['Alt+n'] },
  details: { group: 'app', chords: ['Alt+i'] },
  settings: { group: 'app', chords: ['Alt+s'] },
  shortcuts: { group: 'app', chords: ['?', 'Mod+/'] },
  close: { group: 'app', chords: ['Escape'] },

  listWalk: { group: 'list', chords: ['ArrowUp', 'ArrowDown'], told: true },
  listEnds: { group: 'list', chords: ['Home', 'End'], told: true },
  listOpen: { group: 'list', chords: ['Enter'], told: true },
  listMenu: { group: 'list', chords: ['ContextMenu', 'Shift+F10'], told: true },
  pinUp: { group: 'list', chords: ['Mod+Shift+ArrowUp'] },
  pinDown: { group: 'list', chords: ['Mod+Shift+ArrowDown'] },

  toMessages: { group: 'message', chords: ['Shift+Tab'], told: true },
  messageWalk: { group: 'message', chords: ['ArrowUp', 'ArrowDown'], told: true },
  messageEnds: { group: 'message', chords: ['Home', 'End'], told: true },
  messageMenu: { group: 'message', chords: ['Enter', ' '] },
  reply: { group: 'message', chords: ['r'] },
  thread: { group: 'message', chords: ['t'] },
  react: { group: 'message', chords: ['+'] },
  forward: { group: 'message', chords: ['f'] },
  edit: { group: 'message', chords: ['e'] },
  copy: { group: 'message', chords: ['c'] },
  info: { group: 'message', chords: ['i'] },
  remove: { group: 'message', chords: ['Delete'] },
  hide: { group: 'message', chords: ['Shift+Delete'] },

  send: { group: 'composer', chords: ['Enter'], told: true },
  newLine: { group: 'composer', chords: ['Shift+Enter'], told: true },
  editLast: { group: 'composer', chords: ['ArrowUp'], told: true },
  bold: { group: 'composer', chords: ['Mod+b'], told: true },
  italic: { group: 'composer', chords: ['Mod+i'], told: true },
  strike: { group: 'composer', chords: ['Mod+Shift+x'], told: true },
} as const satisfies Record<string, Row>;

export type ShortcutId = keyof typeof rows;
export const shortcuts: Readonly<Record<ShortcutId, Row>> = rows;
export const shortcutIds = Object.keys(rows) as ShortcutId[];

const textKey = (id: ShortcutId): Key => `shortcut.${id}`;
export const shortcutText = (id: ShortcutId): string => t(textKey(id));

interface Pressed {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly target: EventTarget | null;
}

export const isShortcut = (event: Pressed, id: ShortcutId): boolean =>
  shortcuts[id].chords.some((chord) => matches(event, chord));

/** Punctuation as other layouts write it on the same key. */
const SAME: Readonly<Record<string, string>> = { '؟': '?', '？': '?', '＋': '+', '،': ',' };

function matches(event: Pressed, chord: string): boolean {
  const parts = chord.split(/(?<=.)\+/);
  const key = parts.pop() ?? '';
  const mod = event.ctrlKey || event.metaKey;
  if (mod !== parts.includes('Mod') || event.altKey !== parts.includes('Alt')) return false;
  // The shift of "?" and "+" is the layout's business.
  if (/^[a-z]$|^..|^ $/.test(key) && event.shiftKey !== parts.includes('Shift')) return false;
  if (parts.length === 0 && key.length === 1 && isTyping(event.target)) return false;
  return keyOf(event) === key;
}

/** The letter that stands on the key in Latin layouts: a shortcut must not depend on the language one writes. */
function keyOf({ key, code, altKey }: Pressed): string {
  const letter =
    /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? (altKey ? /^Digit(\d)$/.exec(code)?.[1] : undefined);
  // ⌥ makes another sign of a letter on Apple's keyboards.
  if (letter && (altKey || !/^[\x20-\x7e]$/.test(key))) return letter;
  return key.length === 1 ? (SAME[key] ?? key.toLowerCase()) : key;
}

const TEXTS = 'input:not([type="radio"], [type="checkbox"], [type="range"]), textarea, select';

/** Whether keys go into a text now. */
const isTyping = (target: EventTarget | null): boolean =>
  target !== null && 'closest' in target && (target as Element).closest(TEXTS) !== null;

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Mod: isApple ? '⌘' : 'Ctrl',
  Alt: isApple ? '⌥' : 'Alt',
  Shift: isApple ? '⇧' : 'Shift',
  ContextMenu: '☰',
};

/** The keys of a chord as they are printed on the keyboard. */
export const keysOf = (chord: string): readonly string[] =>
  chord.split(/(?<=.)\+/).map((key) => {
    if (key === ' ') return t('shortcut.space');
    return SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  });

/** In a menu or a tooltip: the first chord, in one word. */
export const shortcutSign = (id: ShortcutId): string =>
  keysOf(shortcuts[id].chords[0]).join(isApple ? '' : ' ');
