import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { ownRecordsSince } from '../store/own.ts';
import { ownPerson } from '../store/users.ts';

export const getMyChanges: Handler<'getMyChanges'> = async (
  services,
  caller,
  { since, begun = 0, limit },
) => {
  const { db } = services.database;
  // The head before the records: what changes between is in the page, or after its rev.
  const own = await ownPerson(db, caller.tenantId, caller.userId);
  if (!own) throw new KithError('unauthenticated');
  const head = own.rev;
  // Who holds nothing from before the walk misses no removal that was forgotten before it.
  const reset = since > head || (since > 0 && Math.max(since, begun) < own.floor);
  if (reset) return { records: [], rev: 0, head, more: true, reset };
  const size = limit ?? limits.pageDefault;
  const kept = await ownRecordsSince(db, caller, since, size + 1);
  // What comes after those that were left out waits for them.
  const end = kept.cut ? (kept.records.at(-1)?.rev ?? since) : Number.POSITIVE_INFINITY;
  const records = [
    ...[own.settings, own.profile].filter((record) => record.rev > since && record.rev <= end),
    ...kept.records,
  ].sort((a, b) => a.rev - b.rev);
  const more = kept.cut || records.length > size;
  const page = records.slice(0, size);
  return { records: page, rev: more ? (page.at(-1)?.rev ?? since) : head, head, more, reset };
};
