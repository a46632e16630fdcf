/** What may be uploaded, in words and in judgement. */

/** Whether a media type is among those taken, which are given whole or by their first half (`image`). Absent: all are. */
export const isTaken = (types: readonly string[] | undefined, mime: string): boolean =>
  types === undefined || types.some((type) => type === mime || type === mime.slice(0, mime.indexOf('/')));

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
