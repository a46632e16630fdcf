/**
 * How one mail leaves: by SMTP; into the log, where somebody tries Kith on their own machine; or not at all, as a server that
 * people reach must not print what opens their accounts.
 */
import { createTransport } from 'nodemailer';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { derivedMailFrom, isMailAddress, type MailFrom, parseMailFrom } from './addresses.ts';
import type { RenderedMail } from './kinds.ts';
import { type MailerKind, mailerKind } from './mailerKind.ts';
import { isThisMachine, parseSmtpUrl, type SmtpServer } from './smtpUrl.ts';

export interface Mailer {
  readonly kind: MailerKind;
  /** Resolves when it was taken. @throws MailRefused when it never will be, MailDelayed when it may be later. */
  deliver(mail: RenderedMail): Promise<void>;
  /** Ends what is under way: it fails as delayed. */
  close(): void;
}

/** Their messages name neither the address nor anything of the mail: servers repeat both, and these are logged. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}
export class MailDelayed extends Error {
  override name = 'MailDelayed';
}

type MailConfig = Pick<Config, 'smtpUrl' | 'mailFrom' | 'publicOrigins' | 'host'>;

export interface MailerOptions {
  readonly config: MailConfig;
  readonly log: Logger;
  /** Certificates to trust besides; tests have their own. Operators use NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
}

export function createMailer({ config, log, ca }: MailerOptions): Mailer {
  if (config.smtpUrl !== null) {
    const from =
      config.mailFrom === null
        ? derivedMailFrom(config.publicOrigins[0] ?? 'http://localhost')
        : parseMailFrom(config.mailFrom);
    if (from === null) throw new Error('mails need an address to come from');
    return smtpMailer(parseSmtpUrl(config.smtpUrl), from, ca);
  }
  return mailerKind(config) === 'console' ? consoleMailer(log) : noMailer;
}

const consoleMailer = (log: Logger): Mailer => ({
  kind: 'console',
  deliver: async ({ to, subject, text }) => {
    log.info({ to, subject, text }, 'a mail, printed because there is no KITH_SMTP_URL');
  },
  close: () => undefined,
});

const noMailer: Mailer = {
  kind: 'none',
  deliver: () => Promise.reject(new MailRefused('this server sends no mail')),
  close: () => undefined,
};

/** For a whole mail, waiting for a connection included. Shorter than the outbox's lease. */
const DELIVERY_MS = 60_000;
const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;
const CONNECTIONS = 5;
/** Providers close a connection that lives for ever; then one would fail. */
const MAILS_A_CONNECTION = 100;
const IDLE_MS = 30_000;
/** What a server may answer at once. */
const REPLY_BYTES = 64 * 1024;

function smtpMailer({ host, port, tls, auth }: SmtpServer, from: MailFrom, ca?: string): Mailer {
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure: tls === 'at_once',
    requireTLS: tls === 'demanded',
    ignoreTLS: tls === 'never',
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) },
    ...(auth && { auth: { user: auth.user, pass: auth.password } }),
    maxConnections: CONNECTIONS,
    maxMessages: MAILS_A_CONNECTION,
    // The outbox tries again, and says so.
    maxRequeues: 0,
    dnsTimeout: CONNECT_MS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    socketCloseTimeout: 1_000,
    idleTimeout: IDLE_MS,
    maxResponseSize: REPLY_BYTES,
    allowInternalNetworkInterfaces: isThisMachine(host),
    disableFileAccess: true,
    disableUrlAccess: true,
    // Its log would hold addresses and what is said.
    logger: false,
  });
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return {
    kind: 'smtp',
    deliver: async ({ id, to, subject, text, html }) => {
      if (!isMailAddress(to)) throw new MailRefused('the address has no valid form');
      try {
        await transport.sendMail({
          from: { name: from.name, address: from.address },
          to: { name: '', address: to },
          // Said once more, so that nothing is read out of a header.
          envelope: { from: from.address, to: [to] },
          messageId: `<${id}@${domain}>`,
          subject,
          text,
          html,
          // Nobody's notice of absence shall answer.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          signal: AbortSignal.timeout(DELIVERY_MS),
        });
      } catch (error) {
        throw asFailure(error);
      }
    },
    close: () => transport.close({ force: true }),
  };
}

/** What nodemailer's errors say besides their message. */
interface SmtpError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly response?: unknown;
  readonly responseCode?: unknown;
  readonly message?: unknown;
}

/**
 * A 5xx to the recipient or the message is the last word. To the greeting, the sign-in or the sender it is about how this server
 * is set up, which somebody can mend.
 */
function asFailure(error: unknown): MailRefused | MailDelayed {
  const { code, command, response, responseCode, message } = (error ?? {}) as SmtpError;
  const status = typeof responseCode === 'number' ? responseCode : 0;
  const isAboutTheMail = code === 'EMESSAGE' || (code === 'EENVELOPE' && command !== 'MAIL FROM');
  // What servers write in words may repeat the address; their numbers do not.
  const enhanced =
    typeof response === 'string' ? /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] : undefined;
  const what =
    status > 0
      ? `the mail server answered ${status}${enhanced ? ` ${enhanced}` : ''} to ${String(command)}`
      : `the mail server could not be used: ${code === 'EENVELOPE' ? 'no valid envelope' : String(message)}`;
  const isLastWord = status === 0 ? code === 'EENVELOPE' : status >= 500 && status < 600 && status !== 503;
  return isAboutTheMail && isLastWord ? new MailRefused(what) : new MailDelayed(what);
}
