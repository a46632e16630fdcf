import type { Handler } from '../services.ts';
import { setReaction } from './reactions.ts';

export const addReaction: Handler<'addReaction'> = (services, caller, input) =>
  setReaction(services, caller, input, true);
