import type { Handler } from '../services.ts';

export const rotateTenantKey: Handler<'rotateTenantKey'> = (services, caller, input) =>
  services.accounts.keeping.rotateTenantKey(caller, input);
