/** A passkey that was shown: whose it is, and that it was not copied, nor its answer sent twice. */
import type { PasskeyAnswer } from '@kith/protocol';
import { sql } from 'kysely';
import type { Room } from '../room.ts';
import type { AccountsDb } from '../tables.ts';
import { type Challenge, type Shown, type Signer, verifyShown } from './webauthn.ts';

export interface PasskeyProof {
  readonly passkey: Signer;
  /** Notes its use. False: its counter did not grow, as of a copy. */
  use(trx: AccountsDb): Promise<boolean>;
}

/** `userId`: of whom it must be; null: of anybody. `strict`: it stands for both factors. Null: it is not right. */
export async function provePasskey(
  { db, now }: Room,
  challenge: Challenge,
  answer: PasskeyAnswer,
  { userId, strict }: { readonly userId: string | null; readonly strict: boolean },
): Promise<PasskeyProof | null> {
  const passkey = await db
    .selectFrom('auth_passkeys')
    .select(['id', 'user_id', 'rp_id', 'credential_id', 'public_key'])
    .where('credential_id', '=', answer.id)
    .executeTakeFirst();
  if (!passkey || (userId !== null && passkey.user_id !== userId)) return null;
  const shown = await verifyShown(challenge, answer, passkey, strict);
  return shown && { passkey, use: (trx) => use(trx, passkey.id, shown, now()) };
}

/** Many passkeys count nothing, and stay at 0. */
async function use(trx: AccountsDb, id: string, { counter, backedUp }: Shown, now: number): Promise<boolean> {
  const used = await trx
    .updateTable('auth_passkeys')
    .set({ counter, backed_up: backedUp, used_at: new Date(now) })
    .where('id', '=', id)
    .where(sql<boolean>`(counter < ${counter}::bigint or (counter = 0 and ${counter}::bigint = 0))`)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}
