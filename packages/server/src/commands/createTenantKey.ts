import type { Handler } from '../services.ts';

export const createTenantKey: Handler<'createTenantKey'> = (services, caller, input) =>
  services.accounts.keeping.createTenantKey(caller, input);
