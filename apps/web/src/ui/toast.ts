/**
 * Short notices at the head of the screen. One at a time: a newer one replaces the older, as nobody reads a stack. One that
 * lasts comes back after those that pass.
 */
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  /** What can be done about it: undo, try again. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Something else that may be done; asks more beside its button, so the notice stays. */
  readonly other?: { readonly label: string; readonly run: (anchor: Element) => void };
  /** Stays until somebody acts or dismisses it, or a newer one of this name takes its place. */
  readonly lasting?: string;
  /** Not of the person but of the device: stays when they sign out. */
  readonly anyone?: boolean;
  readonly onDismiss?: () => void;
  /** Has gone, however: by time, by a newer one, dismissed. Not when its action was taken. */
  readonly onGone?: () => void;
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
  else {
    passing?.onGone?.();
    passing = next;
  }
  changed();
}

/** Closes this toast, or nothing if another has taken its place. `acted`: by its action. */
export function close(id: number, acted = false): void {
  const gone = [passing, ...lasting.values()].find((one) => one?.id === id);
  if (passing?.id === id) passing = null;
  for (const [name, one] of lasting) if (one.id === id) lasting.delete(name);
  changed();
  if (!acted) gone?.onGone?.();
}

/** Closes what lasts under this name, also where another notice lies over it. */
export function closeNamed(name: string): void {
  if (lasting.delete(name)) changed();
}

/** What passes has gone now, and whatever waited for that is done. */
export function endPassing(): void {
  if (passing) close(passing.id);
}

/** Notices are for one person's eyes, and what they offer is theirs to do: they go when the person does, undone. */
export function closePersonal(): void {
  if (!passing?.anyone) passing = null;
  for (const [name, { anyone }] of lasting) if (!anyone) lasting.delete(name);
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
  toast(errorText(error), {
    tone: 'error',
    ...(retry && { action: { label: t('common.tryAgain'), run: retry } }),
  });
}
