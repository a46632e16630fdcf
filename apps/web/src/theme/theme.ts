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

/** The grounds of tokens.css (light and dark, then of high contrast), as colours that every browser's own frame understands. */
const GROUNDS = { usual: ['#fdfcfa', '#1b1816'], more: ['#ffffff', '#000000'] } as const;

/** The frame of the window follows what was chosen here, not only the system. */
function showFrame(): void {
  const { theme: forced, contrast } = document.documentElement.dataset;
  const [light, dark] = contrast ? GROUNDS.more : GROUNDS.usual;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes('dark') ? dark : light;
    meta.content = forced === 'light' ? light : forced === 'dark' ? dark : own;
  }
}

function show(): void {
  const { dataset } = document.documentElement;
  if (current === 'light' || current === 'dark') dataset['theme'] = current;
  else delete dataset['theme'];
  if (current === 'contrast' || moreContrast.matches) dataset['contrast'] = 'more';
  else delete dataset['contrast'];
  showFrame();
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

showFrame();
moreContrast.addEventListener('change', show);
// Another tab chose.
addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  current = read();
  show();
});
