import type { Handler } from '../services.ts';

export const renewRecoveryCodes: Handler<'renewRecoveryCodes'> = (services, caller, input) =>
  services.accounts.renewRecoveryCodes(caller, input);
