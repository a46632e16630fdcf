/** Accounts at other services, as ways into one here: made, listed, and taken away as long as another way stays. */
import { KithError, type Output } from '@kith/protocol';
import type { z } from 'zod';
import type { Caller } from '../../services.ts';
import { isUniqueViolation } from '../../store/database.ts';
import type { Identity } from '../accounts.ts';
import { findCredential, holdAccount, PASSWORD } from '../credentials.ts';
import { tooMany } from '../errors.ts';
import { recordEvent } from '../events.ts';
import { tellOfSignInWay } from '../notices.ts';
import { accountOf, demandConfirmed } from '../ownAccount.ts';
import type { Room } from '../room.ts';
import { waysInto } from '../ways.ts';
import type { Arrival } from './claims.ts';
import { findLinked, insertLink, rowsOf } from './linkRows.ts';
import { type LinkWaiting, OUTSIDE_MINUTES, type Outside, providerOf } from './outside.ts';
import type { Provider } from './provider.ts';
import { OutsideTrouble } from './trouble.ts';

/** Of one account; more are nobody's. */
const MOST = 20;

export async function listLinks(
  room: Room,
  { providers }: Outside,
  caller: Caller,
): Promise<Output<'listLinks'>> {
  const account = await accountOf(room, caller);
  const rows = await room.db
    .selectFrom('auth_accounts')
    .select(['id', 'provider_id', 'label', 'created_at'])
    .where('user_id', '=', account.id)
    .where('provider_id', '!=', PASSWORD)
    .orderBy('created_at')
    .orderBy('id')
    .limit(MOST)
    .execute();
  return {
    links: rows.map((row) => ({
      id: row.id,
      provider: row.provider_id,
      name: providers.get(row.provider_id)?.name ?? row.provider_id,
      label: row.label,
      linkedAt: row.created_at.toISOString(),
    })),
  };
}

export async function beginLink(
  room: Room,
  outside: Outside,
  caller: Caller,
  input: { readonly provider: string },
): Promise<Output<'beginLink'>> {
  const { id } = providerOf(outside, input.provider);
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  const waiting: z.input<typeof LinkWaiting> = { provider: id, sessionId: caller.sessionId };
  const issued = await room.db.transaction().execute(async (trx) => {
    await room.proofs.withdraw(trx, account.id, ['outside_link']);
    return room.proofs.issue(trx, {
      purpose: 'outside_link',
      subject: account.id,
      payload: waiting,
      minutes: OUTSIDE_MINUTES,
      code: false,
      address: caller.sessionId,
    });
  });
  if (!issued) throw tooMany();
  return { url: `/v1/auth/outside/${id}?link=${issued.ticket}` };
}

/** Whoever asked for it came back from there. @throws OutsideTrouble */
export async function linkArrived(
  room: Room,
  provider: Provider,
  { subject, email, username, name }: Arrival,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  identity: Identity | null,
): Promise<void> {
  // By a form from another site, a browser brings no session; the cookie of this journey it does.
  if (identity && identity.sessionId !== sessionId)
    throw new OutsideTrouble('over', 'somebody else signed in meanwhile');
  try {
    await room.db.transaction().execute(async (trx) => {
      await holdAccount(trx, userId);
      const account = await findCredential(trx, { id: userId });
      const session = await trx
        .selectFrom('auth_sessions')
        .select('id')
        .where('id', '=', sessionId)
        .where('user_id', '=', userId)
        .where('expires_at', '>', new Date(room.now()))
        .executeTakeFirst();
      if (!account || !session) throw new OutsideTrouble('over', 'the session has ended');
      const owner = await findLinked(trx, provider.id, subject);
      if (owner === userId) return;
      if (owner !== null) throw new OutsideTrouble('linked_elsewhere', 'it belongs to another account');
      if ((await rowsOf(trx, userId)).length >= MOST)
        throw new OutsideTrouble('too_many_links', 'as many are connected as may be');
      await insertLink(trx, userId, { provider: provider.id, subject, label: email ?? username ?? name });
      await recordEvent(trx, userId, 'provider_linked', { sessionId });
      await tellOfSignInWay(room, trx, account, 'linked', provider.name);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new OutsideTrouble('linked_elsewhere', 'it has just become somebody else’s');
  }
  room.mail.nudge();
}

export async function unlink(
  room: Room,
  { providers }: Outside,
  caller: Caller,
  { linkId }: { readonly linkId: string },
): Promise<Output<'unlink'>> {
  const account = await accountOf(room, caller);
  await demandConfirmed(room, caller);
  await room.db.transaction().execute(async (trx) => {
    // Of two at once, the later finds what the first left.
    await holdAccount(trx, account.id);
    const rows = await rowsOf(trx, account.id);
    const gone = rows.find((row) => row.id === linkId && row.provider_id !== PASSWORD);
    if (!gone) throw new KithError('not_found');
    const ways = await waysInto(room, providers, trx, account.id);
    if (!ways.some((way) => !('id' in way && way.id === gone.id)))
      throw new KithError('conflict', {
        message: 'This is the only way into your account. Set a password first.',
      });
    await trx.deleteFrom('auth_accounts').where('id', '=', gone.id).execute();
    await recordEvent(trx, account.id, 'provider_unlinked', { sessionId: caller.sessionId });
    const name = providers.get(gone.provider_id)?.name ?? gone.provider_id;
    await tellOfSignInWay(room, trx, account, 'unlinked', name);
  });
  room.mail.nudge();
  return {};
}
