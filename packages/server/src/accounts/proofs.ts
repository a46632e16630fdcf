/**
 * Proofs that are under way: something was sent to somebody, or is known to one browser alone, and comes back once. A ticket
 * names one; where a code was sent besides, it takes both. Each is spent by one statement, so that of two who bring the same
 * one at the same moment only one is believed.
 */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { isId, newId } from '@kith/protocol';
import { sql } from 'kysely';
import type { AccountsDb, ProofPurpose, ProofRow } from './tables.ts';

export interface Proof<P = unknown> {
  readonly id: string;
  readonly purpose: ProofPurpose;
  /** An account's id, or an address that is none yet. */
  readonly subject: string;
  readonly payload: P;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Issued {
  readonly ticket: string;
  /** Six digits; '' for a proof without. */
  readonly code: string;
  readonly expiresAt: Date;
}

export type Attempt =
  | { readonly type: 'right'; readonly proof: Proof }
  | { readonly type: 'wrong' }
  /** There is no such proof any more, or it was tried too often. */
  | { readonly type: 'over' };

export interface NewProof {
  readonly purpose: ProofPurpose;
  readonly subject: string;
  readonly payload: object;
  readonly minutes: number;
  readonly code: boolean;
  /** Who asks, as an address counts. */
  readonly address: string;
  /** For what sends nothing: of more than so many for that subject from that address the oldest goes, and none is refused. */
  readonly keeps?: number;
  /** Whoever asks has done work for it: what others asked for without does not count against them. */
  readonly worked?: boolean;
}

export interface Proofs {
  /**
   * In a transaction. Null: enough of them are under way for that subject, or were asked for by that address. Nothing is to be
   * sent then.
   */
  issue(db: AccountsDb, proof: NewProof): Promise<Issued | null>;
  /** What a ticket is about; it stays. */
  read(db: AccountsDb, purposes: readonly ProofPurpose[], ticket: string): Promise<Proof | null>;
  /** Counts a try of one that has no code; null when it is over, or was tried too often. `last`: there is no further one. */
  count(
    db: AccountsDb,
    purpose: ProofPurpose,
    ticket: string,
  ): Promise<{ readonly proof: Proof; readonly last: boolean } | null>;
  /** Takes one that has no code. */
  spend(db: AccountsDb, purpose: ProofPurpose, ticket: string): Promise<Proof | null>;
  /** Takes one with its code. Each try counts, also those side by side. */
  attempt(db: AccountsDb, purposes: readonly ProofPurpose[], ticket: string, code: string): Promise<Attempt>;
  /** Another code in place of the one before; null when there is no such ticket, or enough were sent for it. */
  renew(db: AccountsDb, ticket: string): Promise<(Proof & { readonly code: string }) | null>;
  /** `after`: only those issued later. */
  withdraw(db: AccountsDb, subject: string, purposes: readonly ProofPurpose[], after?: Date): Promise<void>;
}

export const TRIES = 5;
/** Codes sent for one ticket. */
const SENDS = 3;
/** Under way at once for one subject: asked for by one address, and by all. More are mails that nobody wants. */
const PER_ADDRESS = 4;
const PER_SUBJECT = 20;
/** Of those who work for it: each of them from another place, and each costs its work. */
const PER_SUBJECT_WORKED = 60;

export function createProofs(secret: string, now: () => number = Date.now): Proofs {
  // Six digits are soon tried out by whoever reads the database: without the key they are worth nothing.
  const codeHash = (id: string, code: string): Buffer =>
    createHmac('sha256', secret).update(`code ${id} ${code}`).digest();
  const newCode = (): string => randomInt(1_000_000).toString().padStart(6, '0');

  return {
    issue: async (db, { purpose, subject, payload, minutes, code: withCode, address, keeps, worked }) => {
      const id = newId();
      const bytes = randomBytes(32);
      const code = withCode ? newCode() : '';
      const expiresAt = new Date(now() + minutes * 60_000);
      // One after the other: of many at once, each would count before the others are there.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`${purpose} ${subject}`}, 0))`.execute(db);
      const asked = db
        .selectFrom('auth_proofs')
        .where('purpose', '=', purpose)
        .where('subject', '=', subject);
      if (keeps === undefined) {
        const { all, here } = await asked
          .where('expires_at', '>', new Date(now()))
          .select((eb) => [
            eb.fn.countAll<string>().as('all'),
            eb.fn.countAll<string>().filterWhere('address', '=', address).as('here'),
          ])
          .executeTakeFirstOrThrow();
        if (Number(all) >= (worked ? PER_SUBJECT_WORKED : PER_SUBJECT) || Number(here) >= PER_ADDRESS)
          return null;
      } else {
        const beyond = asked
          .where('address', '=', address)
          .select('id')
          .orderBy('id', 'desc')
          .offset(keeps - 1);
        await db.deleteFrom('auth_proofs').where('id', 'in', beyond).execute();
      }
      await db
        .insertInto('auth_proofs')
        .values({
          id,
          purpose,
          subject,
          secret_hash: hashOf(bytes),
          code_hash: withCode ? codeHash(id, code) : null,
          payload: JSON.stringify(payload),
          address,
          expires_at: expiresAt,
        })
        .execute();
      return { ticket: `${id}.${bytes.toString('base64url')}`, code, expiresAt };
    },
    read: async (db, purposes, ticket) => {
      const row = await find(db, ticket);
      return row && purposes.includes(row.purpose) ? proofOf(row) : null;
    },
    count: async (db, purpose, ticket) => {
      const parts = parse(ticket);
      if (!parts) return null;
      const row = await db
        .updateTable('auth_proofs')
        .set({ tries: sql<number>`tries + 1` })
        .where('id', '=', parts.id)
        .where('purpose', '=', purpose)
        .where('secret_hash', '=', parts.hash)
        .where('code_hash', 'is', null)
        .where('expires_at', '>', new Date(now()))
        .where('tries', '<', TRIES)
        .returningAll()
        .executeTakeFirst();
      return row ? { proof: proofOf(row), last: row.tries >= TRIES } : null;
    },
    spend: async (db, purpose, ticket) => {
      const parts = parse(ticket);
      if (!parts) return null;
      const row = await db
        .deleteFrom('auth_proofs')
        .where('id', '=', parts.id)
        .where('purpose', '=', purpose)
        .where('secret_hash', '=', parts.hash)
        .where('code_hash', 'is', null)
        .where('expires_at', '>', new Date(now()))
        .returningAll()
        .executeTakeFirst();
      return row ? proofOf(row) : null;
    },
    attempt: async (db, purposes, ticket, code) => {
      const parts = parse(ticket);
      if (!parts) return { type: 'over' };
      // Counted before it is looked at: of any number at once, no more are looked at than are allowed.
      const row = await db
        .updateTable('auth_proofs')
        .set({ tries: sql<number>`tries + 1` })
        .where('id', '=', parts.id)
        .where('purpose', 'in', [...purposes])
        .where('secret_hash', '=', parts.hash)
        .where('expires_at', '>', new Date(now()))
        .where('tries', '<', TRIES)
        .returningAll()
        .executeTakeFirst();
      if (!row?.code_hash) return { type: 'over' };
      if (!timingSafeEqual(row.code_hash, codeHash(row.id, code))) {
        return row.tries < TRIES ? { type: 'wrong' } : { type: 'over' };
      }
      const taken = await db
        .deleteFrom('auth_proofs')
        .where('id', '=', row.id)
        .where('code_hash', '=', row.code_hash)
        .returning('id')
        .executeTakeFirst();
      return taken ? { type: 'right', proof: proofOf(row) } : { type: 'over' };
    },
    renew: async (db, ticket) => {
      const parts = parse(ticket);
      if (!parts) return null;
      const code = newCode();
      // The tries stay counted: or each new code would bring five more.
      const row = await db
        .updateTable('auth_proofs')
        .set({ code_hash: codeHash(parts.id, code), sent: sql<number>`sent + 1` })
        .where('id', '=', parts.id)
        .where('secret_hash', '=', parts.hash)
        .where('code_hash', 'is not', null)
        .where('expires_at', '>', new Date(now()))
        .where('tries', '<', TRIES)
        .where('sent', '<', SENDS)
        .returningAll()
        .executeTakeFirst();
      return row ? { ...proofOf(row), code } : null;
    },
    withdraw: async (db, subject, purposes, after) => {
      await db
        .deleteFrom('auth_proofs')
        .where('subject', '=', subject)
        .where('purpose', 'in', [...purposes])
        .$if(after !== undefined, (query) => query.where('created_at', '>', after ?? new Date(0)))
        .execute();
    },
  };

  async function find(db: AccountsDb, ticket: string) {
    const parts = parse(ticket);
    if (!parts) return undefined;
    return db
      .selectFrom('auth_proofs')
      .selectAll()
      .where('id', '=', parts.id)
      .where('secret_hash', '=', parts.hash)
      .where('expires_at', '>', new Date(now()))
      .executeTakeFirst();
  }
}

const hashOf = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** Null for what cannot be a ticket. */
function parse(ticket: string): { readonly id: string; readonly hash: Buffer } | null {
  const [id = '', secret = '', rest] = ticket.split('.');
  if (!isId(id) || !/^[\w-]{43}$/.test(secret) || rest !== undefined) return null;
  return { id, hash: hashOf(Buffer.from(secret, 'base64url')) };
}

const proofOf = ({ id, purpose, subject, payload, created_at, expires_at }: ProofRow): Proof => ({
  id,
  purpose,
  subject,
  payload,
  createdAt: created_at,
  expiresAt: expires_at,
});
