/** What of finding is open: asked for from anywhere, drawn where it belongs. */
import { cell } from '../app/cell.ts';
import { catchLetters, takeLetters } from './typeahead.ts';

interface Openings {
  /** The dialog that goes to a conversation by its name. */
  readonly switcher: boolean;
  /** The conversation that is being searched, and the one whose calendar is open. */
  readonly bar: string | null;
  readonly calendar: string | null;
}

const openings = cell<Openings>({ switcher: false, bar: null, calendar: null });
const set = (change: Partial<Openings>): void => openings.set({ ...openings.get(), ...change });
export const useOpenings = openings.use;

export function openSwitcher(): void {
  if (!openings.get().switcher) catchLetters();
  set({ switcher: true });
}
export function closeSwitcher(): void {
  takeLetters();
  set({ switcher: false });
}
export const openBar = (conversationId: string): void => set({ bar: conversationId });
export const closeBar = (): void => set({ bar: null });
export const openCalendar = (conversationId: string): void => set({ calendar: conversationId });
export const closeCalendar = (): void => set({ calendar: null });
