/** The ways into an account, whichever room they are of: one is taken away only where another stays. */
import { PASSWORD } from './credentials.ts';
import { readSetUp } from './factors/setUp.ts';
import { rowsOf } from './outside/linkRows.ts';
import { readPhone } from './phones/phoneRows.ts';
import type { Room } from './room.ts';
import type { AccountsDb } from './tables.ts';

/** Services that are known here: one that is not lets nobody in. */
export type Services = ReadonlyMap<string, unknown>;

export type Way =
  | { readonly type: 'password' | 'phone' }
  | { readonly type: 'link' | 'passkey'; readonly id: string };

/** In a transaction that holds the account: of two that are taken away at once, the later is the last. */
export async function waysInto(
  { sms }: Pick<Room, 'sms'>,
  services: Services,
  trx: AccountsDb,
  userId: string,
): Promise<Way[]> {
  const ways: Way[] = [];
  for (const { id, provider_id: provider, password } of await rowsOf(trx, userId)) {
    if (provider !== PASSWORD && services.has(provider)) ways.push({ type: 'link', id });
    if (provider === PASSWORD && password !== null) ways.push({ type: 'password' });
  }
  for (const { id } of (await readSetUp(trx, userId)).passkeys) ways.push({ type: 'passkey', id });
  if (sms.works && (await readPhone(trx, userId))) ways.push({ type: 'phone' });
  return ways;
}
