import type { Handler } from '../services.ts';

export const removeTotp: Handler<'removeTotp'> = (services, caller, input) =>
  services.accounts.removeTotp(caller, input);
