import type { Handler } from '../services.ts';

export const revokeInvite: Handler<'revokeInvite'> = (services, caller, input) =>
  services.invites.revokeInvite(caller, input);
