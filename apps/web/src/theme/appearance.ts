/** How this device draws the app, beside the theme: kept here, shown at once, applied before the first paint by public/theme.js. */
import { useSyncExternalStore } from 'react';
import { accentTokens } from './accent.ts';

/** Hues of OKLCH, degrees. Null: the theme's own, persimmon. */
export const accents = [null, 350, 15, 85, 140, 185, 245, 290] as const;
export const backgrounds = ['plain', 'sand', 'mint', 'dusk', 'dots', 'weave', 'ripples'] as const;
export const textSizes = ['xs', 's', 'm', 'l', 'xl'] as const;

export interface Appearance {
  readonly accent: number | null;
  readonly background: (typeof backgrounds)[number];
  readonly textSize: (typeof textSizes)[number];
  readonly density: 'comfortable' | 'compact';
  /** Messages in bubbles, one's own on the other side; or flat, all from the start. */
  readonly style: 'bubbles' | 'flat';
  /** `less`: as if the device asked for less motion. */
  readonly motion: 'system' | 'less';
}

const usual: Appearance = {
  accent: null,
  background: 'plain',
  textSize: 'm',
  density: 'comfortable',
  style: 'bubbles',
  motion: 'system',
};

/** As in public/theme.js. */
const KEY = 'kith.appearance';
/** What theme.js needs to know, ready to be set. */
interface Stored {
  readonly choice: Appearance;
  readonly data: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, string>>;
}

const listeners = new Set<() => void>();
let current = read();

function one<T>(of: readonly T[], value: unknown, otherwise: T): T {
  return of.find((candidate) => candidate === value) ?? otherwise;
}

function read(): Appearance {
  try {
    const { choice } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as { choice?: Partial<Appearance> };
    const hue = choice?.accent;
    return {
      accent: typeof hue === 'number' && hue >= 0 && hue < 360 ? hue : null,
      background: one(backgrounds, choice?.background, usual.background),
      textSize: one(textSizes, choice?.textSize, usual.textSize),
      density: one(['comfortable', 'compact'], choice?.density, usual.density),
      style: one(['bubbles', 'flat'], choice?.style, usual.style),
      motion: one(['system', 'less'], choice?.motion, usual.motion),
    };
  } catch {
    // Storage is blocked, or holds what another version wrote.
    return usual;
  }
}

/** Only what differs stands on the root. */
function stored(choice: Appearance): Stored {
  const { accent, ...rest } = choice;
  const data = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => value !== usual[key as keyof typeof rest]),
  );
  return { choice, data, tokens: accent === null ? {} : accentTokens(accent) };
}

function show(): void {
  const { dataset, style } = document.documentElement;
  const { data, tokens } = stored(current);
  for (const key of ['background', 'textSize', 'density', 'style', 'motion']) {
    if (data[key] === undefined) delete dataset[key];
    else dataset[key] = data[key];
  }
  for (const name of Object.keys(accentTokens(0))) {
    if (tokens[name] === undefined) style.removeProperty(name);
    else style.setProperty(name, tokens[name]);
  }
  for (const listener of listeners) listener();
}

export const appearance = {
  get: (): Appearance => current,
  set(change: Partial<Appearance>): void {
    current = { ...current, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(stored(current)));
    } catch {
      // Storage is blocked: the choice holds until the page is closed.
    }
    show();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

// Another tab chose.
addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  current = read();
  show();
});

export const useAppearance = (): Appearance => useSyncExternalStore(appearance.subscribe, appearance.get);
