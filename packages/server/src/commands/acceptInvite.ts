import type { Handler } from '../services.ts';

export const acceptInvite: Handler<'acceptInvite'> = (services, caller, input) =>
  services.invites.acceptInvite(caller, input);
