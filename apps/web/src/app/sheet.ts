/** Whether the sheet of shortcuts is open: asked for from anywhere, drawn by the shell. */
import { cell } from './cell.ts';

const open = cell(false);

export const openSheet = (): void => open.set(true);
export const closeSheet = (): void => open.set(false);
export const useSheet = open.use;
