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
  /** Stays until somebody acts or dismisses it, or a newer one of this name takes its place. */
  readonly lasting?: string;
  readonly onDismiss?: () => void;
}

let passing: Toast | null = null;
/** By their names, the oldest first. */
const lasting = new Map<string, Toast>();
let lastId = 0;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

export function toast(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  lastId += 1;
  const next: Toast = { id: lastId, text, tone: 'plain', ...options };
  if (next.lasting) lasting.set(next.lasting, next);
  else passing = next;
  changed();
}

/** Closes this toast, or nothing if another has taken its place. */
export function close(id: number): void {
  if (passing?.id === id) passing = null;
  for (const [name, one] of lasting) if (one.id === id) lasting.delete(name);
  changed();
}

/** What lasts is for one person's eyes: it goes when they do. */
export function closeLasting(): void {
  lasting.clear();
  changed();
}

export const toasts = {
  get: (): Toast | null => passing ?? lasting.values().next().value ?? null,
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
