import type { Handler } from '../services.ts';
import { placeAt } from '../store/messages.ts';
import { readAccess } from './access.ts';

export const findDate: Handler<'findDate'> = async (services, caller, { conversationId, at }) => {
  const { view } = await readAccess(services, caller, conversationId);
  // No message is older than that, and the database knows no year 0.
  const since = new Date(Math.max(0, Date.parse(at)));
  return { place: await placeAt(services.database.db, view, since) };
};
