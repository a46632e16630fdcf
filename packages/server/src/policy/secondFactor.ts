/** What may be done before a second factor is set up, where the tenant asks for one: set one up, and little else. */
import { type CommandName, KithError } from '@kith/protocol';

const before: ReadonlySet<CommandName> = new Set([
  'getMe',
  'getAccount',
  'confirmIdentity',
  'beginPasskeyConfirm',
  'getFactors',
  'beginTotp',
  'confirmTotp',
  'beginPasskey',
  'addPasskey',
  'listSessions',
  'revokeSession',
  'revokeOtherSessions',
] satisfies CommandName[]);

/** `command` null: anything else that takes a session, sockets too. @throws KithError second_factor_required. */
export function demandFactor(
  { restricted }: { readonly restricted: boolean },
  command: CommandName | null,
): void {
  if (restricted && (command === null || !before.has(command))) throw new KithError('second_factor_required');
}
