import type { Handler } from '../services.ts';

export const revokeTenantKey: Handler<'revokeTenantKey'> = (services, caller, input) =>
  services.accounts.keeping.revokeTenantKey(caller, input);
