import type { Handler } from '../services.ts';

export const beginPasskeyConfirm: Handler<'beginPasskeyConfirm'> = (services, caller, input) =>
  services.accounts.beginPasskeyConfirm(caller, input);
