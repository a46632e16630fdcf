/** Codes on their way to phones: counted, and written down. `sms.nudge` after the commit. */
import { mailLocale } from '../../mail/kinds.ts';
import type { Asked } from '../../sms/bounds.ts';
import type { Room } from '../room.ts';
import type { AccountsDb } from '../tables.ts';

/** @throws KithError rate_limited */
export const countAsked = ({ sms }: Room, trx: AccountsDb, asked: Asked): Promise<void> =>
  sms.count(trx, asked);

export interface CodeText {
  readonly number: string;
  readonly locale: string | null | undefined;
  readonly code: string;
  readonly minutes: number;
  /** Whether it is the number of an account. */
  readonly known: boolean;
}

export const sendCode = (
  { sms, tenantId }: Room,
  trx: AccountsDb,
  { number, locale, code, minutes, known }: CodeText,
): Promise<void> =>
  sms.enqueue(
    trx,
    { tenantId, to: number, locale: mailLocale(locale), mail: { kind: 'phone_code', code, minutes } },
    known,
  );
