/** Byte ranges of RFC 9110: one at a time, as players of video and resumed downloads ask. */

export type Range =
  /** All of it: nothing was asked, or nothing that is understood. */
  | { readonly type: 'whole' }
  /** From `from` up to `to`, not included. */
  | { readonly type: 'part'; readonly from: number; readonly to: number }
  | { readonly type: 'unsatisfiable' };

const BYTES = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** What a Range header asks of `size` bytes. Several ranges at once are answered by all of it, as may be done. */
export function rangeOf(header: string | undefined, size: number): Range {
  const [, first, last] = BYTES.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { type: 'whole' };
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? { type: 'unsatisfiable' } : { type: 'part', from: size - length, to: size };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return { type: 'whole' };
  if (from >= size) return { type: 'unsatisfiable' };
  return { type: 'part', from, to: last === '' ? size : Math.min(Number(last) + 1, size) };
}
