import type { Handler } from '../services.ts';

export const listInvites: Handler<'listInvites'> = (services, caller, input) =>
  services.invites.listInvites(caller, input);
