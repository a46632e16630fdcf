import { filePath, LINK_MS } from '../media/links.ts';
import type { Handler } from '../services.ts';
import { fileAccess } from './fileAccess.ts';

export const linkFile: Handler<'linkFile'> = async (services, { tenantId, userId }, address) => {
  await fileAccess(services, { tenantId, userId }, address);
  const until = Date.now() + LINK_MS;
  const query = services.links.sign(address, { tenantId, userId, until });
  return { path: `${filePath(address)}?${query}`, expiresAt: new Date(until).toISOString() };
};
