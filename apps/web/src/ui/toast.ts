/** Short notices at the foot of the screen. One at a time: a newer one replaces the older, as nobody reads a stack. */

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  /** What can be done about it: undo, try again. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

let current: Toast | null = null;
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: Toast | null): void {
  current = next;
  for (const listener of listeners) listener();
}

export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
  lastId += 1;
  set({ id: lastId, text, tone: options.tone ?? 'plain', ...(options.action && { action: options.action }) });
}

/** Closes this toast, or nothing if another has taken its place. */
export function dismiss(id: number): void {
  if (current?.id === id) set(null);
}

export const toasts = {
  get: (): Toast | null => current,
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
