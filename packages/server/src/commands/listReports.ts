import { limits } from '@kith/protocol';
import { demand, judgeTenant } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { reportPage } from '../store/reports.ts';
import { tenantRole } from '../store/users.ts';

export const listReports: Handler<'listReports'> = async (
  services,
  { tenantId, userId },
  { cursor, limit },
) => {
  const { db } = services.database;
  demand(judgeTenant(await tenantRole(db, tenantId, userId)));
  return reportPage(db, tenantId, cursor, limit ?? limits.pageDefault);
};
