/** How somebody is seen by others: their part of the row of `users`. */

import { isDeepStrictEqual } from 'node:util';
import { KithError, limits, type ParsedInput } from '@kith/protocol';
import { sql, type Transaction, type Updateable } from 'kysely';
import { renameAccount } from '../accounts/persons.ts';
import { letGo, takeIntoUse } from '../blobs/blobs.ts';
import type { Schema, UsersTable } from './schema.ts';
import type { Somebody } from './users.ts';

/** What the person sees: `status` ends by itself, so an ended one is none. */
type Change = ParsedInput<'updateProfile'>;

/**
 * False when it was so already: then no rev is spent (S7).
 *
 * @throws KithError not_found for an image that is not theirs to use, limit_reached for a username changed just before. A
 * taken username is a unique violation.
 */
export async function changeProfile(
  trx: Transaction<Schema>,
  person: Somebody,
  change: Change,
): Promise<boolean> {
  const { tenantId, userId } = person;
  const where = trx.selectFrom('users').where('tenant_id', '=', tenantId).where('id', '=', userId);
  const row = await where
    .select(['username', 'display_name', 'bio', 'status', 'avatar_id', 'username_changed_at'])
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw new KithError('unauthenticated');
  const next: Updateable<UsersTable> = {};
  if (change.displayName !== undefined && change.displayName !== row.display_name) {
    next.display_name = change.displayName;
  }
  if (change.bio !== undefined && change.bio !== row.bio) next.bio = change.bio;
  if (change.status !== undefined && !isDeepStrictEqual(change.status, row.status)) {
    next.status = change.status && JSON.stringify(change.status);
  }
  if (change.avatar !== undefined && change.avatar !== row.avatar_id) {
    if (change.avatar !== null) await takeIntoUse(trx, person, change.avatar, 'avatar');
    if (row.avatar_id !== null) await letGo(trx, tenantId, row.avatar_id);
    next.avatar_id = change.avatar;
  }
  if (change.username !== undefined && change.username !== row.username) {
    demandPause(row.username_changed_at);
    await renameAccount(trx, userId, change.username);
    next.username = change.username;
    next.username_changed_at = new Date();
  }
  if (Object.keys(next).length === 0) return false;
  await trx
    .updateTable('users')
    .set({ ...next, rev: sql`rev + 1`, profile_rev: sql`rev + 1` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .execute();
  return true;
}

function demandPause(changedAt: Date | null): void {
  const waitMs = changedAt === null ? 0 : changedAt.getTime() + limits.usernameMs - Date.now();
  if (waitMs <= 0) return;
  const message = `You can change your username again in ${Math.ceil(waitMs / 60_000)} minutes.`;
  throw new KithError('limit_reached', { message, fields: [{ path: 'username', message }] });
}
