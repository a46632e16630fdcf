import type { Handler } from '../services.ts';

export const confirmTotp: Handler<'confirmTotp'> = (services, caller, input) =>
  services.accounts.confirmTotp(caller, input);
