import type { Handler } from '../services.ts';

export const keepAccount: Handler<'keepAccount'> = (services, caller, input) =>
  services.accounts.keepAccount(caller, input);
