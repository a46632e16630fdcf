import type { Handler } from '../services.ts';

export const confirmPhone: Handler<'confirmPhone'> = (services, caller, input) =>
  services.accounts.phones.confirmPhone(caller, input);
