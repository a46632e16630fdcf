/**
 * Short notices at the head of the screen. One at a time: a newer one replaces the older, as nobody reads a stack. One that
 * lasts comes back after those that pass.
 */

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  /** What can be done about it: undo, try again. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Stays until somebody acts or dismisses it. */
  readonly lasting?: boolean;
  readonly onDismiss?: () => void;
}

let passing: Toast | null = null;
let lasting: Toast | null = null;
let lastId = 0;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  lastId += 1;
  const next: Toast = { id: lastId, text, tone: 'plain', ...options };
  if (next.lasting) lasting = next;
  else passing = next;
  changed();
}

/** Closes this toast, or nothing if another has taken its place. */
export function close(id: number): void {
  if (passing?.id === id) passing = null;
  if (lasting?.id === id) lasting = null;
  changed();
}

/** What lasts is for one person's eyes: it goes when they do. */
export function closeLasting(): void {
  lasting = null;
  changed();
}

export const toasts = {
  get: (): Toast | null => passing ?? lasting,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** What went wrong, in the words of the error (KithError's are made for people), and a way to try again. */
export function toastError(error: unknown, retry?: () => void): void {
  const text =
    error instanceof Error && error.name === 'KithError' ? error.message : 'Something went wrong. Try again.';
  toast(text, { tone: 'error', ...(retry && { action: { label: 'Try again', run: retry } }) });
}
