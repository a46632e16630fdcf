import type { OwnRecordOf, OwnType, OwnValue } from '@kith/protocol';
import type { Services } from '../services.ts';
import { changeOwn, type OwnTransaction } from '../store/own.ts';
import type { Somebody } from '../store/users.ts';

/** Changes one record of a person's own, and tells their devices. */
export async function changeOwnRecord<T extends OwnType>(
  services: Services,
  { tenantId, userId }: Somebody,
  type: T,
  key: string,
  change: (before: OwnValue<T> | null) => OwnValue<T> | null,
  /** In the same transaction, when it has changed: throws when it may not stay so. Nothing else of the person changes meanwhile. */
  also?: (trx: OwnTransaction, record: OwnRecordOf<T>) => Promise<void>,
): Promise<OwnRecordOf<T>> {
  const { record, changed } = await services.database.db.transaction().execute(async (trx) => {
    const done = await changeOwn(trx, { tenantId, userId }, type, key, change);
    if (done.changed) await also?.(trx, done.record);
    return done;
  });
  if (changed) {
    services.announcer.toUser(tenantId, userId, { type: 'user', rev: record.rev, records: [record] });
  }
  return record;
}
