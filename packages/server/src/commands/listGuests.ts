import type { Handler } from '../services.ts';

export const listGuests: Handler<'listGuests'> = (services, caller, input) =>
  services.accounts.guests.listGuests(caller, input);
