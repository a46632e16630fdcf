/** How many knock, over all nodes: counted by minute for the service, for a network, and for what was typed. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { addressKey } from '../../limits/rateLimiter.ts';
import type { AccountsDb } from '../tables.ts';

/** So long a knock counts, minutes: as long as what it has sent lies in a mailbox. */
export const KNOCK_MINUTES = 10;

/** So many are nothing unusual in that time: of a service on a busy day, of an office, and of somebody who tries again. */
const USUAL = { service: 200, network: 20, subject: 4 } as const;
/** How much harder it may become. */
const HARDEST = 4;

export interface Knock {
  /** What is asked for. */
  readonly deed: 'sign_up' | 'forgot' | 'sign_in';
  /** The address, or name, that was typed. */
  readonly subject: string;
  readonly address: string | null;
}

export const aboutOf = ({ deed, subject }: Knock): string => `${deed} ${subject}`;

const keysOf = (knock: Knock): readonly { readonly key: string; readonly usual: number }[] => [
  { key: 'service', usual: USUAL.service },
  { key: `network ${addressKey(knock.address ?? 'unknown')}`, usual: USUAL.network },
  {
    key: `subject ${createHash('sha256').update(aboutOf(knock)).digest('base64url')}`,
    usual: USUAL.subject,
  },
];

/** 0: as few as usual. From 1 on: how hard it should be made; each doubling of what is usual makes it one harder. Usual 0: nothing is counted. */
const hardnessOf = (knocks: number, usual: number): number =>
  usual <= 0 || knocks < usual ? 0 : Math.min(HARDEST, 1 + Math.floor(Math.log2(knocks / usual)));

export interface Knocks {
  /** How hard it should be made for this one, itself not counted. */
  pressure(knock: Knock): Promise<number>;
  /** It is let pass, and counts. Returns how hard it should have been: of many at once, each sees the others. */
  count(knock: Knock): Promise<number>;
}

/** `factor`: of all rates. */
export function createKnocks(db: AccountsDb, factor: number, now: () => number): Knocks {
  const minute = (): number => Math.floor(now() / 60_000);
  const hardness = async (knock: Knock, itself: 0 | 1): Promise<number> => {
    const keys = keysOf(knock);
    const rows = await db
      .selectFrom('door_knocks')
      .select(['key', sql<number>`sum(knocks)::integer`.as('knocks')])
      .where(
        'key',
        'in',
        keys.map(({ key }) => key),
      )
      .where('minute', '>', minute() - KNOCK_MINUTES)
      .groupBy('key')
      .execute();
    const found = new Map(rows.map((row) => [row.key, row.knocks]));
    return Math.max(
      ...keys.map(({ key, usual }) => hardnessOf((found.get(key) ?? 0) - itself, usual * factor)),
    );
  };
  return {
    pressure: (knock) => hardness(knock, 0),
    count: async (knock) => {
      // In one order for all, so that nobody waits for somebody who waits for them.
      const keys = keysOf(knock)
        .map(({ key }) => key)
        .sort();
      await db
        .insertInto('door_knocks')
        .values(keys.map((key) => ({ key, minute: minute(), knocks: 1 })))
        .onConflict((oc) =>
          oc.columns(['key', 'minute']).doUpdateSet({ knocks: sql<number>`door_knocks.knocks + 1` }),
        )
        .execute();
      return hardness(knock, 1);
    },
  };
}
