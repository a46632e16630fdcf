import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { ownPerson } from '../store/users.ts';

/** S5: what belongs to a person is a handful of records, so the walk is one row. */
export const getMyChanges: Handler<'getMyChanges'> = async (services, caller, { since }) => {
  const own = await ownPerson(services.database.db, caller.tenantId, caller.userId);
  if (!own) throw new KithError('unauthenticated');
  const records = [own.settings, own.profile].filter((record) => record.rev > since);
  return { records: records.sort((a, b) => a.rev - b.rev), rev: own.rev };
};
