import type { Handler } from '../services.ts';

export const getTenantSecurity: Handler<'getTenantSecurity'> = (services, caller, input) =>
  services.accounts.getTenantSecurity(caller, input);
