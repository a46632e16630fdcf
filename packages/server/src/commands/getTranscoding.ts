import type { Handler } from '../services.ts';
import { transcodingOf } from '../store/transcodes.ts';
import { fileAccess } from './fileAccess.ts';

export const getTranscoding: Handler<'getTranscoding'> = async (services, { tenantId, userId }, address) => {
  await fileAccess(services, { tenantId, userId }, address);
  const standing = await transcodingOf(services.database.db, tenantId, address.fileId, Date.now());
  // Planned while there was who makes it.
  return services.transcodes.able || standing.state !== 'waiting' ? standing : { ...standing, state: 'none' };
};
