import type { Handler } from '../services.ts';

export const createApiKey: Handler<'createApiKey'> = (services, caller, input) =>
  services.accounts.keeping.createApiKey(caller, input);
