import type { Handler } from '../services.ts';

export const getTenant: Handler<'getTenant'> = (services, caller, input) =>
  services.accounts.keeping.getTenant(caller, input);
