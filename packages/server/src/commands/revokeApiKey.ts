import type { Handler } from '../services.ts';

export const revokeApiKey: Handler<'revokeApiKey'> = (services, caller, input) =>
  services.accounts.keeping.revokeApiKey(caller, input);
