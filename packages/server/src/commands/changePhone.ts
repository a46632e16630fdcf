import type { Handler } from '../services.ts';

export const changePhone: Handler<'changePhone'> = (services, caller, input) =>
  services.accounts.phones.changePhone(caller, input);
