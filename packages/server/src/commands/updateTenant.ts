import type { Handler } from '../services.ts';

export const updateTenant: Handler<'updateTenant'> = (services, caller, input) =>
  services.accounts.keeping.updateTenant(caller, input);
