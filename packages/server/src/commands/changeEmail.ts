import type { Handler } from '../services.ts';

export const changeEmail: Handler<'changeEmail'> = (services, caller, input) =>
  services.accounts.changeEmail(caller, input);
