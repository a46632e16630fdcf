import type { Handler } from '../services.ts';

export const updateGuest: Handler<'updateGuest'> = async (services, caller, input) => {
  const changed = await services.accounts.guests.updateGuest(caller, input);
  services.dueWork.plan(Date.parse(changed.until));
  return changed;
};
