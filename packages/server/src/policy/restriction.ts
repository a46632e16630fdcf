/** What a session may do of which something is asked first: that, and little else. */
import { type CommandName, type ErrorCode, KithError } from '@kith/protocol';

/** Why a session may do nothing else yet: the error it is refused with. */
export type Restriction = Extract<ErrorCode, 'second_factor_required' | 'account_deletion_pending'>;

const always = [
  'getMe',
  'getAccount',
  'listSessions',
  'revokeSession',
  'revokeOtherSessions',
] satisfies CommandName[];

const allowed: Readonly<Record<Restriction, ReadonlySet<CommandName>>> = {
  // The tenant asks for one: to set one up.
  second_factor_required: new Set<CommandName>([
    ...always,
    'confirmIdentity',
    'beginPasskeyConfirm',
    'getFactors',
    'beginTotp',
    'confirmTotp',
    'beginPasskey',
    'addPasskey',
  ]),
  // Its person has asked for the end of the account: to keep it. Whoever heard no answer asks again (S7).
  account_deletion_pending: new Set<CommandName>([...always, 'keepAccount', 'deleteAccount']),
};

/** `command` null: anything else that takes a session, sockets too. @throws KithError of the restriction. */
export function demandUnrestricted(
  { restriction }: { readonly restriction: Restriction | null },
  command: CommandName | null,
): void {
  if (restriction !== null && (command === null || !allowed[restriction].has(command)))
    throw new KithError(restriction);
}
