import type { Handler } from '../services.ts';

export const beginLink: Handler<'beginLink'> = (services, caller, input) =>
  services.accounts.beginLink(caller, input);
