import type { Handler } from '../services.ts';

export const listLinks: Handler<'listLinks'> = (services, caller, input) =>
  services.accounts.listLinks(caller, input);
