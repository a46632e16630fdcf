import type { Handler } from '../services.ts';

export const getPhone: Handler<'getPhone'> = (services, caller) => services.accounts.phones.getPhone(caller);
