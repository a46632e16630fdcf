/** The room's door: a code is written down in the transaction that causes it, and leaves by text message after the commit. */
import { KithError, newId } from '@kith/protocol';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Letter } from '../mail/kinds.ts';
import { createOutbox, type Outbox, type OutboxOptions } from '../mail/outbox.ts';
import type { Database, Db } from '../store/database.ts';
import { insertMail } from '../store/mails.ts';
import { type Asked, countAsked, countSent } from './bounds.ts';
import { type PhoneNumber, readNumber } from './numbers.ts';
import { createSender, type SmsConfig, SmsRefused } from './sender.ts';
import { renderSms, type SmsContent } from './texts.ts';

export interface Sms {
  /** False: nobody has a code sent. */
  readonly works: boolean;
  /** @throws KithError unavailable */
  demand(): void;
  /** A number that texts go to. @throws KithError bad_input */
  read(typed: string, region: string | undefined): PhoneNumber;
  /** Counts what is asked for; in a transaction. @throws KithError rate_limited */
  count(trx: Db, asked: Asked): Promise<void>;
  /**
   * Writes it down, in the transaction given; `nudge` after the commit. Nothing is written when the day's budget is spent, which
   * whoever runs the server reads in the log: who asks is told the same either way.
   */
  enqueue(trx: Db, letter: Letter<SmsContent>, known: boolean): Promise<void>;
  nudge(): void;
}

export interface SmsService extends Sms, Pick<Outbox, 'start' | 'round' | 'close'> {}

export interface SmsOptions {
  readonly config: SmsConfig & Pick<Config, 'smsDaily' | 'smsCountries' | 'port'>;
  readonly database: Pick<Database, 'db'>;
  readonly log: Logger;
  /** Where people reach this server when nothing is configured. */
  readonly origin?: () => string;
  readonly now?: () => number;
  /** How long the provider has for its answer; for tests. */
  readonly patienceMs?: number;
  readonly sent?: OutboxOptions<SmsContent>['sent'];
}

const MOST_WAITING = 5;

export function createSms({
  config,
  database,
  log,
  patienceMs,
  sent,
  now = Date.now,
  ...options
}: SmsOptions): SmsService {
  const sender = createSender({ config, log, ...(patienceMs !== undefined && { patienceMs }) });
  const { smsDaily, smsCountries } = config;
  const [configured] = config.publicOrigins;
  const origin = () => configured ?? options.origin?.() ?? `http://localhost:${config.port}`;
  const outbox = createOutbox<SmsContent>({
    database,
    post: {
      channel: 'sms',
      noun: 'a text message',
      deliver: (waiting) => sender.deliver(waiting.to, renderSms(waiting, origin())),
      isRefusal: (error) => error instanceof SmsRefused,
      close: sender.close,
    },
    log,
    now,
    ...(sent && { sent }),
  });
  const works = sender.kind !== 'none';
  const demand = (): void => {
    if (!works) throw noTexts();
  };
  const read = (typed: string, region: string | undefined): PhoneNumber => {
    const number = readNumber(typed, region);
    if (!number) throw wrongNumber('must be a mobile number, with its country, such as +49 151 23456789');
    if (smsCountries !== null && !smsCountries.includes(number.callingCode))
      throw wrongNumber('This server sends no texts to this country.');
    return number;
  };
  return {
    works,
    demand,
    read,
    count: (trx, asked) => countAsked(trx, asked, now()),
    enqueue: async (trx, letter, known) => {
      demand();
      const number = read(letter.to, undefined);
      // What cannot be written is known now, to whoever made it.
      renderSms({ ...letter, tenantName: '' }, origin());
      const budget = { daily: smsDaily, countriesAreNamed: smsCountries !== null };
      if (!(await countSent(trx, budget, number, known, now()))) {
        log.warn({ country: number.callingCode, known }, 'a code was not sent: KITH_SMS_DAILY is spent');
        return;
      }
      const at = new Date(now());
      const expiresAt = new Date(now() + letter.mail.minutes * 60_000);
      if (!(await insertMail(trx, 'sms', letter, { id: newId(), at, expiresAt }, MOST_WAITING)))
        log.warn({}, 'a code was not sent: as many wait for its number as may');
    },
    // Without a sender the rows are another node's, or wait for another configuration.
    nudge: () => works && outbox.nudge(),
    start: () => works && outbox.start(),
    round: outbox.round,
    close: outbox.close,
  };
}

const noTexts = (): KithError =>
  new KithError('unavailable', {
    message: 'This server sends no text messages. Ask whoever runs it.',
    retryable: false,
  });

const refuse = (): never => {
  throw noTexts();
};

/** As where no provider is named. */
export const noSms: Sms = {
  works: false,
  demand: refuse,
  read: refuse,
  count: async () => refuse(),
  enqueue: async () => refuse(),
  nudge: () => undefined,
};

const wrongNumber = (message: string): KithError =>
  new KithError('bad_input', { fields: [{ path: 'phone', message }] });
