/** Ten codes on paper, for whoever lost the phone: 50 bits each, good once. Of them only hashes are kept. */
import { createHmac, randomInt } from 'node:crypto';
import type { Keys } from '../keys.ts';
import type { AccountsDb } from '../tables.ts';

const CODES = 10;
const LENGTH = 10;
/** Crockford's: no letter that is taken for a digit. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const newCode = (): string =>
  Array.from({ length: LENGTH }, (_, n) => (n === LENGTH / 2 ? '-' : '') + LETTERS[randomInt(32)]).join('');

/** As people write them: in lower case, with spaces, o for 0, and l or i for 1. */
const plain = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');

/** With a key: fifty bits are tried out in a day by whoever reads the database. */
const hashOf = (key: Buffer, userId: string, code: string): Buffer =>
  createHmac('sha256', key)
    .update(`${userId} ${plain(code)}`)
    .digest();

/** Those before are void. */
export async function renewCodes(db: AccountsDb, [key]: Keys, userId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  await deleteCodes(db, userId);
  await db
    .insertInto('auth_recovery_codes')
    .values(codes.map((code) => ({ user_id: userId, code_hash: hashOf(key, userId, code) })))
    .execute();
  return codes;
}

export async function deleteCodes(db: AccountsDb, userId: string): Promise<void> {
  await db.deleteFrom('auth_recovery_codes').where('user_id', '=', userId).execute();
}

export async function spendCode(db: AccountsDb, keys: Keys, userId: string, code: string): Promise<boolean> {
  const taken = await db
    .deleteFrom('auth_recovery_codes')
    .where('user_id', '=', userId)
    .where(
      'code_hash',
      'in',
      keys.map((key) => hashOf(key, userId, code)),
    )
    .returning('user_id')
    .executeTakeFirst();
  return taken !== undefined;
}
