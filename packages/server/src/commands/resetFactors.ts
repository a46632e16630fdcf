import type { Handler } from '../services.ts';

export const resetFactors: Handler<'resetFactors'> = (services, caller, input) =>
  services.accounts.keeping.resetFactors(caller, input);
