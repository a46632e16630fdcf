import type { Handler } from '../services.ts';

export const confirmEmail: Handler<'confirmEmail'> = (services, caller, input) =>
  services.accounts.confirmEmail(caller, input);
