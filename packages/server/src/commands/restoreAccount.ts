import type { Handler } from '../services.ts';

export const restoreAccount: Handler<'restoreAccount'> = (services, caller, input) =>
  services.accounts.keeping.restoreAccount(caller, input);
