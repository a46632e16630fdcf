/** Which of the sets of tokens is shown. `system` follows the device; `contrast` lays high contrast over the device's light or dark. */
export const themes = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];

/** As in public/theme.js, which applies it before the first paint. */
const KEY = 'kith.theme';
const moreContrast = matchMedia('(prefers-contrast: more)');
const listeners = new Set<() => void>();
let current: Theme = read();

function read(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return themes.find((theme) => theme === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

function show(): void {
  const { dataset } = document.documentElement;
  if (current === 'light' || current === 'dark') dataset['theme'] = current;
  else delete dataset['theme'];
  if (current === 'contrast' || moreContrast.matches) dataset['contrast'] = 'more';
  else delete dataset['contrast'];
  for (const listener of listeners) listener();
}

export const theme = {
  get: (): Theme => current,
  set(next: Theme): void {
    current = next;
    try {
      localStorage.setItem(KEY, next);
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

moreContrast.addEventListener('change', show);
// Another tab chose.
addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  current = read();
  show();
});
