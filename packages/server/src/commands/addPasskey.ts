import type { Handler } from '../services.ts';

export const addPasskey: Handler<'addPasskey'> = (services, caller, input) =>
  services.accounts.addPasskey(caller, input);
