import type { Handler } from '../services.ts';

export const updateJoinPolicy: Handler<'updateJoinPolicy'> = (services, caller, input) =>
  services.invites.updateJoinPolicy(caller, input);
