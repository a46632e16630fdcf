import type { Handler } from '../services.ts';

export const changePassword: Handler<'changePassword'> = (services, caller, input) =>
  services.accounts.changePassword(caller, input);
