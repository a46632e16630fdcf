import type { Handler } from '../services.ts';

export const listSecurityEvents: Handler<'listSecurityEvents'> = (services, caller, input) =>
  services.accounts.listSecurityEvents(caller, input);
