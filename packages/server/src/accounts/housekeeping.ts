/** What is over is deleted: each node looks now and then, a bounded number at a time. */
import { sql } from 'kysely';
import type { Logger } from '../logger.ts';
import { KNOCK_MINUTES } from './challenge/knocks.ts';
import { EVENT_DAYS } from './events.ts';
import { FORGOTTEN_MS } from './guesses.ts';
import type { AccountsDb } from './tables.ts';

const EVERY_MS = 10 * 60_000;
const AT_ONCE = 1_000;
const DAY_MS = 24 * 3_600_000;
/** Invitations that are over stand in the list so long. */
const INVITE_DAYS = 90;
/** A browser that did not sign in for so long is a new one. */
const DEVICE_DAYS = 400;

export interface Housekeeping {
  start(): void;
  /** One round. The timer calls it. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export function createHousekeeping({
  db,
  log,
  now = Date.now,
  also,
}: {
  readonly db: AccountsDb;
  /** What else a round does. */
  readonly also?: () => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}): Housekeeping {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const sweep = async (): Promise<void> => {
    const before = (ms: number): Date => new Date(now() - ms);
    const old = [
      sql`delete from auth_proofs where id in
        (select id from auth_proofs where expires_at < ${before(0)} limit ${AT_ONCE})`,
      sql`delete from auth_guesses where key in
        (select key from auth_guesses where at < ${before(FORGOTTEN_MS)} limit ${AT_ONCE})`,
      sql`delete from sms_counts where key in
        (select key from sms_counts where until < ${before(0)} limit ${AT_ONCE})`,
      sql`delete from door_knocks where (key, minute) in
        (select key, minute from door_knocks where minute < ${Math.floor(now() / 60_000) - KNOCK_MINUTES} limit ${AT_ONCE})`,
      sql`delete from challenges_spent where nonce in
        (select nonce from challenges_spent where expires_at < ${before(0)} limit ${AT_ONCE})`,
      sql`delete from auth_sessions where id in
        (select id from auth_sessions where expires_at < ${before(0)} limit ${AT_ONCE})`,
      sql`delete from auth_devices where id in
        (select id from auth_devices where used_at < ${before(DEVICE_DAYS * DAY_MS)} limit ${AT_ONCE})`,
      sql`delete from auth_totps where user_id in
        (select user_id from auth_totps where confirmed_at is null and created_at < ${before(DAY_MS)} limit ${AT_ONCE})`,
      sql`delete from invites where (tenant_id, id) in
        (select tenant_id, id from invites
        where least(revoked_at, expires_at) < ${before(INVITE_DAYS * DAY_MS)} limit ${AT_ONCE})`,
      sql`delete from security_events where (tenant_id, id) in
        (select tenant_id, id from security_events where at < ${before(EVENT_DAYS * DAY_MS)} limit ${AT_ONCE})`,
    ];
    for (const statement of old) {
      for (;;) {
        const { numAffectedRows = 0n } = await statement.execute(db);
        if (numAffectedRows < AT_ONCE) break;
      }
    }
    await also?.();
  };

  return {
    start: () => {
      timer = setInterval(() => {
        running = sweep().catch((err: unknown) =>
          log.warn({ err }, 'what is over of accounts could not be deleted'),
        );
      }, EVERY_MS).unref();
    },
    sweep,
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
