import type { Handler } from '../services.ts';

export const renamePasskey: Handler<'renamePasskey'> = (services, caller, input) =>
  services.accounts.renamePasskey(caller, input);
