/** Asking when: from anywhere, drawn by the shell. */
import { cell } from '../app/cell.ts';
import type { Anchor } from '../ui/anchor.ts';

export interface Asking {
  readonly id: number;
  readonly title: string;
  readonly anchor: Anchor;
  readonly onPick: (at: string) => void;
  /** Also "a little later", as for something to come back to. */
  readonly soon: boolean;
}

const asking = cell<Asking | null>(null);
let lastId = 0;

/** `onPick` is told the time chosen, ISO 8601. */
export const askWhen = (
  title: string,
  anchor: Anchor,
  onPick: (at: string) => void,
  { soon = false } = {},
): void => {
  lastId += 1;
  asking.set({ id: lastId, title, anchor, onPick, soon });
};

export const stopAsking = (): void => asking.set(null);
export const useAsking = asking.use;
