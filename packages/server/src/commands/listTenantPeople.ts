import type { Handler } from '../services.ts';

export const listTenantPeople: Handler<'listTenantPeople'> = (services, caller, input) =>
  services.accounts.keeping.listTenantPeople(caller, input);
