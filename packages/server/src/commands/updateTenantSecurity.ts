import type { Handler } from '../services.ts';

export const updateTenantSecurity: Handler<'updateTenantSecurity'> = (services, caller, input) =>
  services.accounts.updateTenantSecurity(caller, input);
