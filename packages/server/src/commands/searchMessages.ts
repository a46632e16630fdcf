import type { Handler } from '../services.ts';
import { readAccess } from './access.ts';

export const searchMessages: Handler<'searchMessages'> = async (services, caller, input) => {
  if (input.conversationId !== undefined) await readAccess(services, caller, input.conversationId);
  return services.search.messages(caller, input);
};
