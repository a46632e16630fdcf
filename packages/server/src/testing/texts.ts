/** For tests: text messages that are sent nowhere, and kept; counted as real ones are. */
import { defaultConfig } from '../config.ts';
import { silentLogger } from '../logger.ts';
import { countAsked, countSent } from '../sms/bounds.ts';
import { createSms, type Sms } from '../sms/sms.ts';
import type { SmsContent } from '../sms/texts.ts';
import type { Database } from '../store/database.ts';

export interface Texts extends Sms {
  /** The codes written to this number since it was last asked, the oldest first. */
  to(number: string): string[];
}

export function createTexts(database: Pick<Database, 'db'>, now: () => number, daily = 100_000): Texts {
  let texts: { readonly to: string; readonly mail: SmsContent }[] = [];
  const { read } = createSms({ config: defaultConfig(), database, log: silentLogger });
  return {
    works: true,
    demand: () => undefined,
    read,
    count: (trx, asked) => countAsked(trx, asked, now()),
    enqueue: async (trx, { to, mail }, known) => {
      const budget = { daily, countriesAreNamed: false };
      if (await countSent(trx, budget, read(to, undefined), known, now())) texts.push({ to, mail });
    },
    nudge: () => undefined,
    to: (number) => {
      const found = texts.filter(({ to }) => to === number);
      texts = texts.filter(({ to }) => to !== number);
      return found.map(({ mail }) => mail.code);
    },
  };
}
