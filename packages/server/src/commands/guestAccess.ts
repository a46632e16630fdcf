/** What a guest is let do and see, asked for every command. */
import { type CommandName, KithError, type ParsedInput } from '@kith/protocol';
import type { HeldConversation } from '../log/change.ts';
import { demandGuest } from '../policy/guests.ts';
import type { Caller, Services } from '../services.ts';
import { isGuest, peopleInReach } from '../store/guests.ts';

/** Null: at once. @throws KithError forbidden; not_found for people they share no conversation with, as for those who are not. */
export function admitGuest<N extends CommandName>(
  services: Services,
  caller: Caller,
  name: N,
  input: ParsedInput<N>,
  admitted: Promise<void> | null,
): Promise<void> | null {
  let named: readonly string[];
  try {
    named = demandGuest(name, input);
  } catch (error) {
    // Refused twice over is refused once.
    admitted?.catch(() => undefined);
    throw error;
  }
  if (named.length === 0) return admitted;
  return Promise.all([admitted, demandReach(services, caller, named)]).then(() => undefined);
}

async function demandReach({ database }: Services, caller: Caller, named: readonly string[]): Promise<void> {
  const near = await peopleInReach(database.db, caller, named);
  if (named.some((id) => !near.has(id)))
    throw new KithError('not_found', { message: 'There is no such person.' });
}

/** Of these people those whom the caller may know of: for nearly everybody all. */
export async function withinReach(
  { database }: Services,
  caller: Caller,
  userIds: readonly string[],
): Promise<string[]> {
  const ids = [...new Set(userIds)];
  if (!caller.guest) return ids;
  const near = await peopleInReach(database.db, caller, ids);
  return ids.filter((id) => near.has(id));
}

/** Guests look after nothing: they are soon gone. */
export async function refuseGuest({ trx, row }: HeldConversation, userId: string): Promise<void> {
  if (await isGuest(trx, { tenantId: row.tenant_id, userId }))
    throw new KithError('forbidden', { message: 'A guest cannot look after a conversation.' });
}
