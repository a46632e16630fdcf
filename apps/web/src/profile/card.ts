/** Whose card is open: pressed names anywhere open it, one place draws it. */
import { cell } from '../app/cell.ts';

const shown = cell<string | null>(null);

export const openCard = (userId: string): void => shown.set(userId);
export const closeCard = (): void => shown.set(null);
export const useCard = shown.use;
