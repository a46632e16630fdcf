import type { Handler } from '../services.ts';

export const transferTenant: Handler<'transferTenant'> = (services, caller, input) =>
  services.accounts.keeping.transferTenant(caller, input);
