import type { Handler } from '../services.ts';
import { setReaction } from './reactions.ts';

export const removeReaction: Handler<'removeReaction'> = (services, caller, input) =>
  setReaction(services, caller, input, false);
