import type { Handler } from '../services.ts';

export const getJoinPolicy: Handler<'getJoinPolicy'> = (services, caller, input) =>
  services.invites.getJoinPolicy(caller, input);
