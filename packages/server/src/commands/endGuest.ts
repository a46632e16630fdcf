import type { Handler } from '../services.ts';

export const endGuest: Handler<'endGuest'> = (services, caller, input) =>
  services.accounts.guests.endGuest(caller, input);
