import type { Handler } from '../services.ts';

export const setTenantRole: Handler<'setTenantRole'> = (services, caller, input) =>
  services.accounts.keeping.setTenantRole(caller, input);
