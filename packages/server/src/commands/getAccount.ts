import type { Handler } from '../services.ts';

export const getAccount: Handler<'getAccount'> = (services, caller, input) =>
  services.accounts.getAccount(caller, input);
