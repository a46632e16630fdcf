import type { Handler } from '../services.ts';

export const deleteAccount: Handler<'deleteAccount'> = (services, caller, input) =>
  services.accounts.deleteAccount(caller, input);
