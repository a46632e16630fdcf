import type { Handler } from '../services.ts';

export const getFactors: Handler<'getFactors'> = (services, caller, input) =>
  services.accounts.getFactors(caller, input);
