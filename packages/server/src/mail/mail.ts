/** The room's door: a letter is written down in the transaction that causes it, and leaves after the commit. */
import { KithError, newId } from '@kith/protocol';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Database, Db } from '../store/database.ts';
import { insertMail } from '../store/mails.ts';
import { isMailAddress } from './addresses.ts';
import type { Letter, MailContent } from './kinds.ts';
import { createMailer, MailRefused } from './mailer.ts';
import { createOutbox, type Outbox, type OutboxOptions } from './outbox.ts';
import { renderMail } from './templates.ts';

export interface Mail {
  /** False: `enqueue` throws. */
  readonly works: boolean;
  /** Throws what `enqueue` would, before anything else is done. @throws KithError unavailable */
  demand(): void;
  /**
   * Writes it down, in the transaction given; `nudge` after the commit. A mail with `minutes` is not sent later than that, any
   * other is tried for a day. @throws KithError unavailable when this server sends no mail, bad_input for what is no address.
   */
  enqueue(trx: Db, letter: Letter): Promise<void>;
  /** After the commit: sent now, not with the next look. */
  nudge(): void;
}

export interface MailService extends Mail, Pick<Outbox, 'start' | 'round' | 'close'> {}

export interface MailOptions {
  readonly config: Pick<Config, 'smtpUrl' | 'mailFrom' | 'publicOrigins' | 'host' | 'port'>;
  readonly database: Pick<Database, 'db'>;
  readonly log: Logger;
  /** Where people reach this server when nothing is configured. */
  readonly origin?: () => string;
  readonly ca?: string;
  /** Told what became of each, to count it. */
  readonly sent?: OutboxOptions<MailContent>['sent'];
  readonly now?: () => number;
}

const GIVE_UP_MS = 24 * 60 * 60_000;
/** That wait, of one kind, for one address: what strangers can cause does not keep away what warns of them. */
const MOST_WAITING = 5;
const FIELD_MAX = 2_000;

export function createMail({
  config,
  database,
  log,
  ca,
  sent,
  now = Date.now,
  ...options
}: MailOptions): MailService {
  const mailer = createMailer({ config, log, ...(ca !== undefined && { ca }) });
  const [configured] = config.publicOrigins;
  const origin = () => configured ?? options.origin?.() ?? `http://localhost:${config.port}`;
  const outbox = createOutbox<MailContent>({
    database,
    post: {
      channel: 'mail',
      noun: 'a mail',
      deliver: (waiting) => mailer.deliver(renderMail(waiting, origin())),
      isRefusal: (error) => error instanceof MailRefused,
      close: mailer.close,
    },
    log,
    now,
    ...(sent && { sent }),
  });
  const works = mailer.kind !== 'none';
  const demand = (): void => {
    if (!works) {
      throw new KithError('unavailable', {
        message: 'This server sends no mail. Ask whoever runs it.',
        retryable: false,
      });
    }
  };
  return {
    works,
    demand,
    enqueue: async (trx, { tenantId, to, locale, mail }) => {
      demand();
      if (!isMailAddress(to)) {
        throw new KithError('bad_input', {
          fields: [{ path: 'email', message: 'must be an email address' }],
        });
      }
      const letter = { tenantId, to, locale, mail: storable(mail) };
      const id = newId();
      // What cannot be written is known now, to whoever made it.
      renderMail({ ...letter, id, tenantName: '' }, origin());
      const at = new Date(now());
      const goodFor = 'minutes' in mail ? mail.minutes * 60_000 : GIVE_UP_MS;
      const expiresAt = new Date(now() + Math.min(goodFor, GIVE_UP_MS));
      if (!(await insertMail(trx, 'mail', letter, { id, at, expiresAt }, MOST_WAITING))) {
        log.warn({ kind: mail.kind }, 'a mail was not written: as many wait for its address as may');
      }
    },
    // Without a mailer the rows are another node's, or wait for another configuration.
    nudge: () => works && outbox.nudge(),
    start: () => works && outbox.start(),
    round: outbox.round,
    close: outbox.close,
  };
}

/** JSON of the database takes no NUL and no half of a pair; and strangers' words have an end. */
function storable(mail: MailContent): MailContent {
  const entries = Object.entries(mail).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? value.slice(0, FIELD_MAX).toWellFormed().replaceAll('\0', '') : value,
  ]);
  return Object.fromEntries(entries) as MailContent;
}
