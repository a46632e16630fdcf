/** What of the chosen files cannot be sent, and why: known before anything is on its way. */
import type { UploadLimits } from '@kith/protocol';
import type { Manner } from '../prepare/choice.ts';
import type { Chosen } from './tray.ts';

export type Fault =
  /** `size` of the first of them; bytes, as all numbers here. */
  | { readonly type: 'size'; readonly of: readonly Chosen[]; readonly size: number; readonly most: number }
  /** `none`: no files are taken at all. */
  | { readonly type: 'kind'; readonly of: readonly Chosen[]; readonly none: boolean }
  /** All together, without those. */
  | { readonly type: 'room'; readonly needed: number; readonly left: number };

/** What will travel, as far as it is known: a picture that is being made smaller says nothing yet. */
function known({ source, state }: Chosen, manner: Manner): { readonly bytes: number; readonly mime: string } {
  if (state.type === 'ready') {
    const { data, mime, thumbnail } = state.file;
    return { bytes: data.size + (thumbnail?.data.size ?? 0), mime };
  }
  const shrinks = source.type.startsWith('image/') && manner !== 'file' && manner !== 'original';
  return { bytes: shrinks ? 0 : source.size, mime: shrinks ? '' : source.type };
}

const isTaken = (mime: string, types: readonly string[]): boolean =>
  mime === '' || types.some((type) => mime === type || mime.startsWith(`${type.replace(/\/\*?$/, '')}/`));

/** Without limits, as where the server could not be asked, there are none: it has the last word. */
export function faultsOf(
  chosen: readonly Chosen[],
  manner: Manner,
  limits: UploadLimits | undefined,
): readonly Fault[] {
  if (!limits) return [];
  const { fileBytes: most, quotaBytes, usedBytes, types } = limits;
  const all = chosen.map((one) => ({ one, ...known(one, manner) }));
  const large = all.filter(({ bytes }) => bytes > most);
  const strange = types ? all.filter(({ mime }) => !isTaken(mime, types)) : [];
  const refused = new Set([...large, ...strange]);
  const needed = all.reduce((sum, one) => sum + (refused.has(one) ? 0 : one.bytes), 0);
  const left = quotaBytes === undefined ? Number.POSITIVE_INFINITY : Math.max(0, quotaBytes - usedBytes);
  const [first] = large;
  return [
    ...(first ? [{ type: 'size' as const, of: large.map(({ one }) => one), size: first.bytes, most }] : []),
    ...(strange.length > 0
      ? [{ type: 'kind' as const, of: strange.map(({ one }) => one), none: types?.length === 0 }]
      : []),
    ...(needed > left ? [{ type: 'room' as const, needed, left }] : []),
  ];
}
