import type { Handler } from '../services.ts';
import { telling } from './access.ts';

export const sync: Handler<'sync'> = async (services, caller, { cursor, next }) =>
  telling(services, caller, await services.reads.sync(caller, cursor, next));
