/** What is done when its time has come, by kind. Each may be done twice without harm. */
import { KithError } from '@kith/protocol';
import { changeOwnRecord } from '../commands/own.ts';
import { deliver, endSending } from '../commands/scheduled.ts';
import { erasePerson } from '../deletion/erasePerson.ts';
import type { Services } from '../services.ts';
import { type DueRow, dropClaimed, setDue } from '../store/due.ts';
import { ownValue } from '../store/own.ts';
import type { DueWorkOptions } from './dueWork.ts';

export const dueKinds = (services: Services, now: () => number = Date.now): DueWorkOptions['work'] => ({
  scheduled: async (row) => {
    const { id } = row;
    if (await isOff(services, row, now)) return;
    try {
      await deliver(services, row, id);
    } catch (error) {
      if (!(error instanceof KithError) || error.retryable) throw error;
      // Not lost: it stays with the reason, for its author to decide.
      const failed = { code: error.code, at: new Date(now()).toISOString() };
      await endSending(services, row, id, (before) => before && { ...before, failed });
    }
  },
  reminder: async (row) => {
    const { value } = await changeOwnRecord(
      services,
      row,
      'reminder',
      row.id,
      // Not, if it was put off since it was claimed.
      (before) => before && (Date.parse(before.at) <= now() ? { ...before, due: true } : before),
      (trx) => setDue(trx, row, null),
    );
    if (!value || value.due) await dropClaimed(services.database.db, row);
  },
  // Their sessions are over by themselves: this tells their sockets, and those whom they were among.
  guest_end: async (row) => {
    if (await services.accounts.guests.leave(row)) await dropClaimed(services.database.db, row);
  },
  account_deletion: (row) => erasePerson(services, row, now),
});

/** Put off or taken back before it was claimed. */
async function isOff({ database: { db } }: Services, row: DueRow, now: () => number): Promise<boolean> {
  const value = await ownValue(db, row, 'scheduled', row.id);
  if (value) return Date.parse(value.at) > now();
  await dropClaimed(db, row);
  return true;
}
