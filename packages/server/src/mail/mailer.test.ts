/** Mails as a real SMTP server gets them, or does not. */
import { createServer } from 'node:net';
import { freePort } from '@kith/tools/services/processes.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { type Logger, silentLogger } from '../logger.ts';
import { certificate } from '../testing/certificate.ts';
import { createMailCatcher, type MailCatcher, type MailCatcherOptions } from '../testing/mailCatcher.ts';
import type { RenderedMail } from './kinds.ts';
import { createMailer, MailDelayed, type Mailer, MailRefused } from './mailer.ts';
import { mailerKind } from './mailerKind.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function catcherOf(options: MailCatcherOptions = {}): Promise<MailCatcher> {
  const catcher = await createMailCatcher(options);
  closers.push(catcher.close);
  return catcher;
}

function mailerTo(smtpUrl: string, mailFrom = 'Kith <kith@example.org>', ca?: string): Mailer {
  const config = defaultConfig({ smtpUrl, mailFrom, publicOrigins: ['https://chat.example.org'] });
  const mailer = createMailer({ config, log: silentLogger, ...(ca !== undefined && { ca }) });
  closers.unshift(mailer.close);
  return mailer;
}

const mailOf = (over: Partial<RenderedMail> = {}): RenderedMail => ({
  id: '0190b0a0-0000-7000-8000-000000000001',
  to: 'ana@example.org',
  subject: 'Hello',
  text: 'the words',
  html: '<p>the words</p>',
  ...over,
});

const failureOf = (mailer: Mailer, mail = mailOf()): Promise<unknown> =>
  mailer.deliver(mail).then(
    () => expect.fail('it was taken'),
    (error: unknown) => error,
  );

const headerLines = (raw: string): string[] => raw.slice(0, raw.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/);

describe('the SMTP mailer', () => {
  it('hands a mail over as it is, to the address and nobody else', async () => {
    const catcher = await catcherOf();
    const mailer = mailerTo(catcher.url);
    await mailer.deliver(
      mailOf({ subject: 'Grüße – 你好 مرحبا', text: 'ein Wört', html: '<p>ein Wört</p>' }),
    );
    const mail = await catcher.next('ana@example.org');
    expect(mail).toMatchObject({
      from: 'kith@example.org',
      to: ['ana@example.org'],
      subject: 'Grüße – 你好 مرحبا',
      html: '<p>ein Wört</p>',
      messageId: '<0190b0a0-0000-7000-8000-000000000001@example.org>',
      isSecure: false,
    });
    expect(mail.text.trim()).toBe('ein Wört');
    expect(headerLines(mail.raw)).toContain('Auto-Submitted: auto-generated');
  });

  it('speaks TLS and signs in where that is demanded', async () => {
    const auth = { user: 'kith@host', password: 'p@ss/wörd:%' };
    const catcher = await catcherOf({ tls: true, auth });
    const mailer = mailerTo(catcher.url, 'kith@example.org', certificate.cert);
    await mailer.deliver(mailOf());
    expect(await catcher.next('ana@example.org')).toMatchObject({ isSecure: true, user: auth.user });
  });

  it('sends nothing where TLS is demanded and not offered, or the certificate is not to be trusted', async () => {
    const plain = await catcherOf();
    expect(await failureOf(mailerTo(`${plain.url}?tls=always`))).toBeInstanceOf(MailDelayed);
    const forged = await catcherOf({ tls: true });
    expect(await failureOf(mailerTo(forged.url))).toBeInstanceOf(MailDelayed);
    expect([...plain.caught, ...forged.caught]).toEqual([]);
  });

  it('waits when its password is wrong, and does not tell it', async () => {
    const catcher = await catcherOf({ tls: true, auth: { user: 'kith', password: 'right' } });
    const url = catcher.url.replace(':right@', ':very-secret@');
    const error = await failureOf(mailerTo(url, 'kith@example.org', certificate.cert));
    expect(error).toBeInstanceOf(MailDelayed);
    expect(String(error)).toContain('535');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });

  it.each([
    { status: 450, as: MailDelayed },
    { status: 421, as: MailDelayed },
    { status: 550, as: MailRefused },
    { status: 553, as: MailRefused },
  ])(
    'takes $status to the recipient as it is meant, and does not repeat the address',
    async ({ status, as }) => {
      const catcher = await catcherOf();
      catcher.answer((address) => ({ status, words: `5.1.1 <${address}> not here` }));
      const error = await failureOf(mailerTo(catcher.url));
      expect(error).toBeInstanceOf(as);
      expect(String(error)).toContain(String(status));
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('ana');
    },
  );

  it.each([
    { status: 451, as: MailDelayed },
    { status: 554, as: MailRefused },
  ])('takes $status to the mail as it is meant', async ({ status, as }) => {
    const catcher = await catcherOf();
    catcher.answerData(() => ({ status, words: 'the words' }));
    const error = await failureOf(mailerTo(catcher.url));
    expect(error).toBeInstanceOf(as);
    expect(String(error)).not.toContain('the words');
  });

  it('waits for a server that is away, and ends what hangs when it is closed', async () => {
    const away = `smtp://localhost:${await freePort()}`;
    expect(await failureOf(mailerTo(away))).toBeInstanceOf(MailDelayed);

    const silent = createServer(() => undefined);
    closers.push(() => silent.close());
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const mailer = mailerTo(`smtp://127.0.0.1:${(silent.address() as { port: number }).port}`);
    const failed = failureOf(mailer);
    await connected;
    mailer.close();
    expect(await failed).toBeInstanceOf(MailDelayed);
  });

  it.each([
    'a@b.c, d@e.f',
    'a@b.c,d@e.f',
    'a@b.c\r\nBcc: d@e.f',
    'a@b.c\nDATA',
    'a@b.c\u2028Bcc: d@e.f',
    'a@b.c> RCPT TO:<d@e.f',
    'Ana <a@b.c>',
    '"a b"@c.d',
    'a@b.c;d@e.f',
    'group: a@b.c;',
    'a@[127.0.0.1]',
    'a\0@b.c',
    '',
  ])('refuses %j, which is not one address', async (to) => {
    const catcher = await catcherOf();
    expect(await failureOf(mailerTo(catcher.url), mailOf({ to }))).toBeInstanceOf(MailRefused);
    expect(catcher.caught).toEqual([]);
  });

  it.each([
    'Hello\r\nBcc: d@e.f',
    'Hello\nBcc: d@e.f',
    'Hello\r\n\r\n<h1>body',
    'Hello\u2028Bcc: d@e.f',
    '=?utf-8?q?=0D=0ABcc:d@e.f?=',
  ])('lets the subject %j be no header of its own', async (subject) => {
    const catcher = await catcherOf();
    const mailer = mailerTo(catcher.url);
    await mailer.deliver(mailOf());
    await mailer.deliver(mailOf({ to: 'bea@example.org', subject }));
    const [usual, odd] = [await catcher.next('ana@example.org'), await catcher.next('bea@example.org')];
    const names = (raw: string) => headerLines(raw).map((line) => line.slice(0, line.indexOf(':')));
    expect(names(odd.raw)).toEqual(names(usual.raw));
    expect(odd.to).toEqual(['bea@example.org']);
  });
});

describe('without SMTP', () => {
  const lines: { details: object; message: string }[] = [];
  const log: Logger = {
    ...silentLogger,
    info: (details, message) => lines.push({ details, message }),
  };

  it.each([
    { publicOrigins: [], host: '127.0.0.1' },
    { publicOrigins: ['http://localhost:4040', 'http://127.0.0.1:5173'], host: '0.0.0.0' },
  ])('prints on a machine of its own ($publicOrigins, $host)', async (own) => {
    const config = defaultConfig(own);
    expect(mailerKind(config)).toBe('console');
    lines.length = 0;
    await createMailer({ config, log }).deliver(mailOf());
    expect(lines).toEqual([
      {
        details: { to: 'ana@example.org', subject: 'Hello', text: 'the words' },
        message: expect.any(String),
      },
    ]);
  });

  it.each([
    { publicOrigins: ['http://localhost:4040', 'https://chat.example.org'], host: '127.0.0.1' },
    { publicOrigins: [], host: '0.0.0.0' },
  ])('prints nothing where people come from elsewhere ($publicOrigins, $host)', async (open) => {
    const config = defaultConfig(open);
    expect(mailerKind(config)).toBe('none');
    lines.length = 0;
    expect(await failureOf(createMailer({ config, log }))).toBeInstanceOf(MailRefused);
    expect(lines).toEqual([]);
  });
});
