/** What only a search shows: the first frame does without. */
import { onDemand } from '../app/onDemand.tsx';

const loadRow = async () => ({ default: (await import('./HitRow.tsx')).HitRow });
const loadHints = async () => ({ default: (await import('./Hints.tsx')).Hints });
const loadRows = () => import('../list/FoundRows.tsx');

export const HitRow = onDemand(loadRow);
export const Hints = onDemand(loadHints);
export const PersonRow = onDemand(async () => ({ default: (await loadRows()).PersonRow }));
export const ChannelRow = onDemand(async () => ({ default: (await loadRows()).ChannelRow }));
export const LoadMore = onDemand(async () => ({
  default: (await import('../panels/LoadMore.tsx')).LoadMore,
}));

/** For who goes into the field. When it fails, the need itself asks again. */
export function expectSearch(): void {
  Promise.all([loadRow(), loadHints(), loadRows()]).catch(() => undefined);
}
