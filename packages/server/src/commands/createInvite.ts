import type { Handler } from '../services.ts';

export const createInvite: Handler<'createInvite'> = (services, caller, input) =>
  services.invites.createInvite(caller, input, () => services.newcomers.demandInvite(caller));
