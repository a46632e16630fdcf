/** The end of one's own account: asked for, and taken back. What is done at its time stands in deletion/erasePerson.ts. */
import { KithError, limits, type Output, type ParsedInput } from '@kith/protocol';
import { sql } from 'kysely';
import type { Caller } from '../../services.ts';
import { callOffDeletion, deletionOf, planDeletion } from '../../store/deletion.ts';
import type { Origin } from '../accounts.ts';
import { type Credential, holdAccount } from '../credentials.ts';
import { over } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { mailsAskedBy } from '../guesses.ts';
import { accountOf, demandConfirmed, holdOwn } from '../ownAccount.ts';
import { linkTo, type Room, send } from '../room.ts';
import { type AccountsDb, storeDb } from '../tables.ts';

const DAY_MINUTES = 24 * 60;
/** Links that lead back, of one account at a time. */
const LINKS = 10;

export async function deleteAccount(
  room: Room,
  caller: Caller,
  { messages }: ParsedInput<'deleteAccount'>,
): Promise<Output<'deleteAccount'>> {
  const account = await accountOf(room, caller);
  const before = await deletionOf(room.db, caller);
  // S7: repeating changes nothing.
  if (before?.at) return { deletionAt: before.at.toISOString() };
  await demandConfirmed(room, caller);
  await room.guesses.take([mailsAskedBy(account.id)]);
  const at = new Date(room.now() + limits.deletionDays * DAY_MINUTES * 60_000);
  const ended = await room.db.transaction().execute(async (trx) => {
    await holdOwn(room, trx, caller);
    await demandSuccessor(trx, caller);
    if (!(await planDeletion(storeDb(trx), caller, { at, messages }))) throw new KithError('conflict');
    await recordEvent(trx, account.id, 'deletion_asked', { sessionId: caller.sessionId });
    for (const address of await addressesOf(trx, account, room.now()))
      await tellOfDeletion(room, trx, account, address, at);
    return room.sessions.endAll(trx, account.id, caller.sessionId);
  });
  room.sessions.tell(ended);
  room.sessions.tellChanged(caller.tenantId, caller.userId);
  room.mail.nudge();
  return { deletionAt: at.toISOString() };
}

export async function keepAccount(room: Room, caller: Caller): Promise<Output<'keepAccount'>> {
  const account = await accountOf(room, caller);
  await room.db.transaction().execute(async (trx) => {
    await holdOwn(room, trx, caller);
    await keep(room, trx, account.id, { sessionId: caller.sessionId });
  });
  room.sessions.tellChanged(caller.tenantId, caller.userId);
  return {};
}

/**
 * With the token of the mailed link. Whoever asked for the end may be somebody else, at an open session or with the password:
 * all sessions end.
 */
export async function keepByLink(room: Room, token: string, origin: Origin): Promise<void> {
  const ended = await room.db.transaction().execute(async (trx) => {
    const proof = await room.proofs.spend(trx, 'keep', token);
    if (!proof || !(await holdAccount(trx, proof.subject))) throw over();
    if (!(await keep(room, trx, proof.subject, origin))) throw over();
    return room.sessions.endAll(trx, proof.subject, null);
  });
  room.sessions.tell(ended);
}

/** In a transaction that holds the account. False: nobody asked for its end. */
export async function keep(
  room: Room,
  trx: AccountsDb,
  userId: string,
  from: Parameters<typeof recordEvent>[3],
): Promise<boolean> {
  const person = { tenantId: room.tenantId, userId };
  if (!(await callOffDeletion(storeDb(trx), person))) return false;
  await room.proofs.withdraw(trx, userId, ['keep']);
  await recordEvent(trx, userId, 'deletion_undone', from);
  return true;
}

/**
 * The address it has, and those it had before and that may still be taken back: whoever took the account over cannot keep it from
 * its owner. None that was not proven.
 */
async function addressesOf(trx: AccountsDb, { id, email, emailVerified }: Credential, now: number) {
  const { rows } = await sql<{ readonly email: string }>`
    select distinct payload ->> 'email' as email from auth_proofs
    where subject = ${id} and purpose = 'undo_email' and expires_at > ${new Date(now)}
    limit ${LINKS - 1}`.execute(trx);
  return new Set([...(emailVerified && email !== null ? [email] : []), ...rows.map((row) => row.email)]);
}

async function tellOfDeletion(
  room: Room,
  trx: AccountsDb,
  { id, locale }: Credential,
  address: string,
  at: Date,
): Promise<void> {
  if (!room.mail.works) return;
  const proof = await room.proofs.issue(trx, {
    purpose: 'keep',
    subject: id,
    payload: {},
    minutes: limits.deletionDays * DAY_MINUTES,
    code: false,
    address: '',
    keeps: LINKS,
  });
  if (!proof) throw new KithError('internal');
  await send(room, trx, address, locale, {
    kind: 'account_deletion',
    when: at.toISOString(),
    undoPath: linkTo('keep', proof.ticket),
  });
}

/** An owner who is the only one leaves nobody behind whom nobody looks after. */
async function demandSuccessor(trx: AccountsDb, { tenantId, userId }: Caller): Promise<void> {
  // Held: of two owners who go at the same moment, the later is the last.
  await trx.selectFrom('tenants').select('id').where('id', '=', tenantId).forNoKeyUpdate().execute();
  const { rows } = await sql<{ readonly owns: boolean; readonly others: boolean; readonly heirs: boolean }>`
    select u.role = 'owner' as owns,
      exists (
        select from users o join auth_users a on a.id = o.id
        where o.tenant_id = u.tenant_id and o.id <> u.id and o.deleted_at is null and o.deletion_at is null
      ) as others,
      exists (
        select from users o where o.tenant_id = u.tenant_id and o.id <> u.id and o.role = 'owner'
          and o.deleted_at is null and o.deletion_at is null
      ) as heirs
    from users u where u.tenant_id = ${tenantId} and u.id = ${userId}`.execute(trx);
  const [row] = rows;
  if (!row?.owns || !row.others || row.heirs) return;
  const message = 'You own this place, and others are here. Hand it over first.';
  throw new KithError('forbidden', { message, fields: [{ path: 'account', message, reason: 'owner' }] });
}
