import type { Handler } from '../services.ts';

export const beginTotp: Handler<'beginTotp'> = (services, caller, input) =>
  services.accounts.beginTotp(caller, input);
