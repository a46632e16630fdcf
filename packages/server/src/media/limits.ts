/** What may be uploaded, in words and in judgement. */

/** Whether a media type is among those taken, which are given whole or by their first half (`image`). Absent: all are. */
export const isTaken = (types: readonly string[] | undefined, mime: string): boolean =>
  types === undefined || types.some((type) => type === mime || type === mime.slice(0, mime.indexOf('/')));

/** What two lists of media types both take; absent: all. Of a type and its first half, the type is left. */
export function takenByBoth(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (!one || !other) return one ?? other;
  const within = (types: readonly string[]) => (type: string) =>
    isTaken(types, type.includes('/') ? type : `${type}/`);
  return [...new Set([...one.filter(within(other)), ...other.filter(within(one))])];
}

/** Of the small picture of a file. */
export const MOST_SMALL_BYTES = 512 * 1024;

/** Whether one may begin to upload it: as a file, or as the small picture of one. What it is used for is seen when it is sent. */
export const mayBegin = (types: readonly string[] | undefined, mime: string, size: number): boolean =>
  isTaken(types, mime) || (types?.length !== 0 && mime.startsWith('image/') && size <= MOST_SMALL_BYTES);

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for a person, in steps of 1,000 as file managers have them. */
export function inWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
