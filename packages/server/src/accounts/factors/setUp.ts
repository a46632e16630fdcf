/** Which second factors an account has: read where signing in asks, and where they are changed. */
import type { SecondFactor } from '@kith/protocol';
import type { AccountsDb } from '../tables.ts';

export interface SetUp {
  /** Since when there is an authenticator app. */
  readonly totp: Date | null;
  readonly passkeys: readonly PasskeyRow[];
  /** Not used yet. */
  readonly codes: number;
}

export type PasskeyRow = Awaited<ReturnType<typeof readPasskeys>>[number];

export async function readSetUp(db: AccountsDb, userId: string): Promise<SetUp> {
  const totp = await db
    .selectFrom('auth_totps')
    .select('confirmed_at')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const { codes } = await db
    .selectFrom('auth_recovery_codes')
    .select((eb) => eb.fn.countAll<string>().as('codes'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  const passkeys = await readPasskeys(db, userId);
  return { totp: totp?.confirmed_at ?? null, passkeys, codes: Number(codes) };
}

/** Whether signing in asks for one. Recovery codes stand in for a factor, and are none. */
export const hasFactor = ({ totp, passkeys }: SetUp): boolean => totp !== null || passkeys.length > 0;

/** Those that were set up since are somebody else's, who had taken the account over; with none left, its codes go too. */
export async function dropFactorsSince(trx: AccountsDb, userId: string, since: Date): Promise<void> {
  await trx
    .deleteFrom('auth_totps')
    .where('user_id', '=', userId)
    .where('confirmed_at', '>', since)
    .execute();
  await trx
    .deleteFrom('auth_passkeys')
    .where('user_id', '=', userId)
    .where('created_at', '>', since)
    .execute();
  await trx
    .deleteFrom('auth_recovery_codes')
    .where('user_id', '=', userId)
    .where('created_at', '>', since)
    .execute();
}

/** What may be shown on this page: a passkey is good for one site only. */
export function factorsAt({ totp, passkeys, codes }: SetUp, rpId: string | null): SecondFactor[] {
  const factors: SecondFactor[] = [];
  if (totp) factors.push('totp');
  if (passkeys.some((passkey) => passkey.rp_id === rpId)) factors.push('passkey');
  if (codes > 0) factors.push('recovery');
  return factors;
}

/** The oldest first. */
const readPasskeys = (db: AccountsDb, userId: string) =>
  db
    .selectFrom('auth_passkeys')
    .select(['id', 'credential_id', 'rp_id', 'transports', 'name', 'backed_up', 'created_at', 'used_at'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
