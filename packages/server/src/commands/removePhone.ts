import type { Handler } from '../services.ts';

export const removePhone: Handler<'removePhone'> = (services, caller) =>
  services.accounts.phones.removePhone(caller);
