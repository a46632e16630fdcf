/** What a search says of time, where somebody is. */
import { KithError, type SearchClause, type SearchDate } from '@kith/protocol';

const fields = new Map<string, Intl.DateTimeFormat>();
/** There are some four hundred zones; each formatter weighs some kilobytes. */
const MOST_ZONES = 500;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = fields.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (fields.size < MOST_ZONES) fields.set(timeZone, format);
    return format;
  } catch {
    throw new KithError('bad_input', { fields: [{ path: 'timeZone', message: 'is not a time zone' }] });
  }
}

/** How far its clocks are ahead of UTC at this moment, ms. */
function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const shown = new Date(0);
  shown.setUTCFullYear(
    parts.get('era') === 'BC' ? 1 - part('year') : part('year'),
    part('month') - 1,
    part('day'),
  );
  shown.setUTCHours(part('hour'), part('minute'), part('second'));
  return shown.getTime() - Math.floor(at / 1_000) * 1_000;
}

/** The database and ISO 8601 write years with four digits, and nothing was sent before 1970. */
const LAST_DAY = Date.UTC(9999, 11, 31);

/** Midnight of a day as its clocks show it. Months and days may run over. */
function midnight(format: Intl.DateTimeFormat, year: number, month: number, day: number): Date {
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  const guess = utc.getTime() - offsetAt(format, utc.getTime());
  // The clocks may have been changed between the two.
  const at = utc.getTime() - offsetAt(format, guess);
  return new Date(Math.min(Math.max(at, 0), LAST_DAY));
}

/** From its beginning until the next one's. */
function spanOf(
  { year, month, day }: SearchDate,
  format: Intl.DateTimeFormat,
): { readonly from: Date; readonly until: Date } {
  const begin = (years: number, months: number, days: number): Date =>
    midnight(format, year + years, (month ?? 1) + months, (day ?? 1) + days);
  return {
    from: begin(0, 0, 0),
    until: month === undefined ? begin(1, 0, 0) : day === undefined ? begin(0, 1, 0) : begin(0, 0, 1),
  };
}

export interface Period {
  /** Included; null: from the beginning. */
  readonly from: Date | null;
  /** Not included; null: to the end. */
  readonly until: Date | null;
}

/** What the dates of a search leave. @throws KithError bad_input for a zone there is not. */
export function periodOf(clauses: readonly SearchClause[], timeZone: string): Period {
  const format = formatOf(timeZone);
  let from: Date | null = null;
  let until: Date | null = null;
  const begin = (at: Date): void => {
    if (!from || at > from) from = at;
  };
  const end = (at: Date): void => {
    if (!until || at < until) until = at;
  };
  for (const clause of clauses) {
    if (clause.type !== 'before' && clause.type !== 'after' && clause.type !== 'on') continue;
    const span = spanOf(clause.date, format);
    if (clause.type === 'before') (clause.negated ? begin : end)(span.from);
    else if (clause.type === 'after') (clause.negated ? end : begin)(span.until);
    else if (!clause.negated) {
      begin(span.from);
      end(span.until);
    }
  }
  return { from, until };
}
