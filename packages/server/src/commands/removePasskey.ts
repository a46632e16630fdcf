import type { Handler } from '../services.ts';

export const removePasskey: Handler<'removePasskey'> = (services, caller, input) =>
  services.accounts.removePasskey(caller, input);
