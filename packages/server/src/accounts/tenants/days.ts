/**
 * Messages of a tenant in a day (UTC), counted over all nodes without a write for each: a node takes some at once and gives them
 * out. What it has taken and not given when it ends is lost to the tenant for that day; the bound itself is never passed.
 */
import { KithError } from '@kith/protocol';
import { sql } from 'kysely';
import type { TenantsDb } from './tables.ts';

export interface Days {
  /** Null: it may go on at once. @throws KithError limit_reached. */
  take(tenantId: number, most: number): Promise<void> | null;
}

interface Taken {
  readonly day: string;
  left: number;
  asking: Promise<boolean> | null;
}

/** At most so many at once, and a hundredth of what there is. */
const AT_ONCE = 50;
/** Days are told apart for the one that is, and the one that was. */
const KEPT_DAYS = 2;

export function createDays(db: TenantsDb, now: () => number): Days {
  const taken = new Map<number, Taken>();

  /** How many this node got. */
  const ask = async (tenantId: number, day: string, count: number, most: number): Promise<number> => {
    const { rows } = await sql`
      insert into tenant_days as d (tenant_id, day, messages) values (${tenantId}, ${day}::date, ${count})
      on conflict (tenant_id, day) do update set messages = d.messages + ${count}
        where d.messages + ${count} <= ${most}
      returning 1`.execute(db);
    return rows.length > 0 ? count : 0;
  };

  /** Whether there was any left. */
  const fill = async (tenantId: number, of: Taken, most: number): Promise<boolean> => {
    const many = Math.min(AT_ONCE, Math.ceil(most / 100));
    const got = (await ask(tenantId, of.day, many, most)) || (await ask(tenantId, of.day, 1, most));
    of.left += got;
    await sql`delete from tenant_days
      where tenant_id = ${tenantId} and day < ${of.day}::date - ${KEPT_DAYS}::integer`.execute(db);
    return got > 0;
  };

  const wait = async (tenantId: number, of: Taken, most: number): Promise<void> => {
    // Those who wait go on in their order: messages of one sender stay in theirs.
    for (;;) {
      of.asking ??= fill(tenantId, of, most).finally(() => {
        of.asking = null;
      });
      const got = await of.asking;
      if (of.left > 0) break;
      if (!got) throw full();
    }
    of.left -= 1;
  };

  return {
    take: (tenantId, most) => {
      if (most === 0) throw full();
      const day = new Date(now()).toISOString().slice(0, 10);
      let of = taken.get(tenantId);
      if (of?.day !== day) {
        of = { day, left: 0, asking: null };
        taken.set(tenantId, of);
      }
      if (of.asking === null && of.left > 0) {
        of.left -= 1;
        return null;
      }
      return wait(tenantId, of, most);
    },
  };
}

const full = (): KithError =>
  new KithError('limit_reached', { message: 'No more messages can be sent here today.' });
