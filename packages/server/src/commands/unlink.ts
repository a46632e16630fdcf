import type { Handler } from '../services.ts';

export const unlink: Handler<'unlink'> = (services, caller, input) => services.accounts.unlink(caller, input);
