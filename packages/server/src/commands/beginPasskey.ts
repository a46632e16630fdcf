import type { Handler } from '../services.ts';

export const beginPasskey: Handler<'beginPasskey'> = (services, caller, input) =>
  services.accounts.beginPasskey(caller, input);
