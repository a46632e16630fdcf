import type { Handler } from '../services.ts';

export const confirmIdentity: Handler<'confirmIdentity'> = (services, caller, input) =>
  services.accounts.confirmIdentity(caller, input);
