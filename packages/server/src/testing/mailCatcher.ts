/** A real SMTP server on a free port of this machine that keeps what it is sent: for tests of whatever writes mails. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { certificate } from './certificate.ts';

export interface CaughtMail {
  /** As the envelope has it; the headers may say something else. */
  readonly to: readonly string[];
  readonly from: string;
  readonly isSecure: boolean;
  readonly user: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** As it came. */
  readonly raw: string;
}

export interface MailCatcher {
  /** As KITH_SMTP_URL takes it. */
  readonly url: string;
  readonly port: number;
  /** Everything that came, in order. */
  readonly caught: readonly CaughtMail[];
  /** The first mail to this address that was not asked for yet; waits for it, ten seconds. */
  next(address: string): Promise<CaughtMail>;
  /** What is said to a recipient from now on: a status and words; null: welcome. */
  answer(how: (address: string) => Refusal | null): void;
  /** The same, of a whole mail that came. */
  answerData(how: () => Refusal | null): void;
  close(): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  readonly words: string;
}

export interface MailCatcherOptions {
  /** 0: any that is free. */
  readonly port?: number;
  /** Offers STARTTLS, and takes mails only after it. */
  readonly tls?: boolean;
  /** Takes mails only of this user. */
  readonly auth?: { readonly user: string; readonly password: string };
}

const PATIENCE_MS = 10_000;
const LARGEST_MAIL = 1_000_000;

export async function createMailCatcher({
  port = 0,
  tls = false,
  auth,
}: MailCatcherOptions = {}): Promise<MailCatcher> {
  const caught: CaughtMail[] = [];
  const taken = new Set<CaughtMail>();
  const waiting = new Set<() => void>();
  let answer: (address: string) => Refusal | null = () => null;
  let answerData: () => Refusal | null = () => null;

  const server = new SMTPServer({
    ...certificate,
    logger: false,
    size: LARGEST_MAIL,
    authOptional: auth === undefined,
    hideSTARTTLS: !tls,
    disabledCommands: [...(auth ? [] : ['AUTH']), ...(tls ? [] : ['STARTTLS'])],
    allowInsecureAuth: !tls,
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onAuth: ({ username, password }, _session, done) => {
      if (username === auth?.user && password === auth?.password) done(null, { user: username });
      else done(refusal({ status: 535, words: '5.7.8 wrong' }));
    },
    onMailFrom: (_address, session, done) =>
      done(tls && !session.secure ? refusal({ status: 530, words: 'STARTTLS first' }) : null),
    onRcptTo: ({ address }, _session, done) => {
      const refused = answer(address);
      done(refused && refusal(refused));
    },
    onData: (stream, session, done) => {
      const keep = async (): Promise<void> => {
        const bytes = await buffer(stream);
        const refused = answerData();
        if (refused) throw refusal(refused);
        const { subject = '', text = '', html, messageId = '' } = await simpleParser(bytes);
        const { mailFrom, rcptTo } = session.envelope;
        caught.push({
          to: rcptTo.map(({ address }) => address),
          from: mailFrom ? mailFrom.address : '',
          isSecure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          subject,
          text,
          html: html || '',
          messageId,
          raw: bytes.toString(),
        });
        for (const tell of waiting) tell();
      };
      keep().then(() => done(null), done);
    },
  });
  // Clients that hang up are their own affair.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const { port: listening } = server.server.address() as AddressInfo;
  const credentials = auth ? `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.password)}@` : '';

  const find = (address: string): CaughtMail | undefined =>
    caught.find((mail) => !taken.has(mail) && mail.to.includes(address));

  return {
    url: `smtp://${credentials}localhost:${listening}${tls ? '?tls=always' : ''}`,
    port: listening,
    caught,
    next: (address) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = (): void => {
          const mail = find(address);
          if (!mail) return;
          taken.add(mail);
          end();
          resolve(mail);
        };
        const timer = setTimeout(() => {
          end();
          reject(
            new Error(`no mail to ${address}; there were ${caught.map(({ to }) => to.join()).join(' ')}`),
          );
        }, PATIENCE_MS);
        waiting.add(look);
        look();
      }),
    answer: (how) => {
      answer = how;
    },
    answerData: (how) => {
      answerData = how;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const refusal = ({ status, words }: Refusal): Error =>
  Object.assign(new Error(words), { responseCode: status });
