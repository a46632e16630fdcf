import type { Handler } from '../services.ts';

export const suspendAccount: Handler<'suspendAccount'> = (services, caller, input) =>
  services.accounts.keeping.suspendAccount(caller, input);
