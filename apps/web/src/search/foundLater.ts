/** What only a search shows: the first frame does without. */
import { onDemand } from '../app/onDemand.tsx';

const loadRow = async () => ({ default: (await import('./HitRow.tsx')).HitRow });
const loadHints = async () => ({ default: (await import('./Hints.tsx')).Hints });

export const HitRow = onDemand(loadRow);
export const Hints = onDemand(loadHints);

/** For who goes into the field. When it fails, the need itself asks again. */
export function expectSearch(): void {
  Promise.all([loadRow(), loadHints()]).catch(() => undefined);
}
