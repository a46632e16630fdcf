import type { Handler } from '../services.ts';
import { readAccess } from './access.ts';

export const getUploadLimits: Handler<'getUploadLimits'> = async (services, caller, { conversationId }) => {
  if (conversationId !== undefined) await readAccess(services, caller, conversationId);
  return services.files.limits(caller, conversationId);
};
