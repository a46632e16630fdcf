import type { Handler } from '../services.ts';

export const rotateApiKey: Handler<'rotateApiKey'> = (services, caller, input) =>
  services.accounts.keeping.rotateApiKey(caller, input);
