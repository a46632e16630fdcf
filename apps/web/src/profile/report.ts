/** What is being reported: asked for from anywhere, drawn by the shell. */
import type { ReportAbout } from '@kith/protocol';
import { cell } from '../app/cell.ts';

const about = cell<ReportAbout | null>(null);

export const openReport = (next: ReportAbout): void => about.set(next);
export const closeReport = (): void => about.set(null);
export const useReport = about.use;
