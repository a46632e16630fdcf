/** Codes by text message. H5: on both databases, with a real HTTP server that speaks as Twilio does. */
import { KithError } from '@kith/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import { type MailLocale, mailLocales } from '../mail/kinds.ts';
import { createMail } from '../mail/mail.ts';
import { pauseAfter } from '../mail/outbox.ts';
import type { Database } from '../store/database.ts';
import { createTextCatcher, type TextCatcher } from '../testing/textCatcher.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';
import { masked, parseCallingCodes, readNumber } from './numbers.ts';
import { createSms, type SmsOptions, type SmsService } from './sms.ts';
import { parseSmsFrom, parseSmsUrl } from './smsUrl.ts';
import { renderSms } from './texts.ts';

const ORIGIN = 'https://chat.example.org';
const NUMBER = '+4915123456789';
const DAY = 24 * 3_600_000;

const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );

describe.each(databaseKinds)('text messages on %s', (kind) => {
  let database: Database;
  let drop: () => Promise<void>;
  let catcher: TextCatcher;
  let clock = Date.parse('2026-01-01T12:00:00Z');
  const now = () => clock;
  const lines: string[] = [];
  // As a log writes them: an error by its name and words.
  const plain = (_key: string, value: unknown): unknown => (value instanceof Error ? String(value) : value);
  const note = (details: object, message: string) =>
    lines.push(`${message} ${JSON.stringify(details, plain)}`);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const open: SmsService[] = [];

  const smsOn = (config: Partial<Config> = {}, options: Partial<SmsOptions> = {}) => {
    const sms = createSms({
      config: defaultConfig({ smsUrl: catcher.url, smsFrom: 'Kith', publicOrigins: [ORIGIN], ...config }),
      database,
      log,
      now,
      ...options,
    });
    open.push(sms);
    return sms;
  };
  const send = (sms: SmsService, to = NUMBER, known = true, code = '123456', locale: MailLocale = 'en') =>
    database.db
      .transaction()
      .execute((trx) =>
        sms.enqueue(trx, { tenantId: 1, to, locale, mail: { kind: 'phone_code', code, minutes: 10 } }, known),
      );
  const rows = () => database.db.selectFrom('mails').selectAll().execute();

  beforeAll(async () => {
    ({ database, drop } = await openTestDatabase(kind));
  });
  afterAll(() => drop());
  beforeEach(async () => {
    catcher = await createTextCatcher();
    clock += 2 * DAY;
    await database.db.deleteFrom('mails').execute();
    lines.length = 0;
  });
  afterEach(async () => {
    for (const sms of open.splice(0)) await sms.close();
    await catcher.close();
  });

  it('sends what was committed, once, with its credentials, and forgets it', async () => {
    const sms = smsOn();
    await send(sms);
    await sms.round();
    expect(catcher.caught).toEqual([
      {
        to: NUMBER,
        from: 'Kith',
        body: '123456 is your code for Kith. Give it to nobody.\n\n@chat.example.org #123456',
      },
    ]);
    expect(catcher.asked[0]).toMatchObject({ type: 'application/x-www-form-urlencoded;charset=UTF-8' });
    expect(await rows()).toEqual([]);
    await sms.round();
    expect(catcher.caught).toHaveLength(1);
    expect(lines.join()).not.toContain('123456');
  });

  it('is no matter of mail, nor is a mail its', async () => {
    const sms = smsOn();
    const mail = createMail({ config: defaultConfig({ host: '127.0.0.1' }), database, log, now });
    await send(sms);
    await database.db.transaction().execute((trx) =>
      mail.enqueue(trx, {
        tenantId: 1,
        to: 'ana@example.org',
        locale: 'en',
        mail: { kind: 'second_factor_changed', what: 'totp_on' },
      }),
    );
    await mail.round();
    expect((await rows()).map(({ channel }) => channel)).toEqual(['sms']);
    await sms.round();
    expect(await rows()).toEqual([]);
    expect(catcher.caught).toHaveLength(1);
    await mail.close();
  });

  it('comes from a messaging service where one is named', async () => {
    const id = `MG${'0'.repeat(32)}`;
    const sms = smsOn({ smsFrom: id });
    await send(sms);
    await sms.round();
    expect(catcher.caught[0]?.from).toBe(id);
    expect(catcher.asked[0]?.fields).toContain('MessagingServiceSid');
  });

  it('gives up what the provider refuses for good, and says neither number nor code', async () => {
    catcher.answer({ status: 400, body: `{"code":21211,"message":"${NUMBER} is not 123456"}` });
    const told: string[] = [];
    const sms = smsOn({}, { sent: (what) => told.push(what) });
    await send(sms);
    await sms.round();
    expect(await rows()).toEqual([]);
    expect(told).toEqual(['refused']);
    const log = lines.join();
    expect(log).toContain('answered 400, 21211');
    expect(log).not.toContain(NUMBER);
    expect(log).not.toContain('123456');
  });

  it.each([
    { status: 429, body: '{"code":20429}' },
    { status: 500, body: '<html>' },
    { status: 503, body: 'x'.repeat(200_000) },
    { status: 401, body: '{"code":20003}' },
    { status: 307, body: '', location: 'http://localhost:1/elsewhere' },
  ])('tries again after $status, for as long as the code is good', async (answer) => {
    catcher.answer(answer);
    const sms = smsOn();
    await send(sms);
    let attempts = 0;
    for (; (await rows()).length > 0; attempts += 1) {
      await sms.round();
      clock += pauseAfter(attempts + 1);
    }
    // Bounded, and never at another address.
    expect(attempts).toBe(5);
    expect(catcher.asked).toHaveLength(5);
    expect(catcher.caught).toEqual([]);
    expect(lines.join()).not.toContain('123456');
  });

  it('does not wait for a provider that is slow', async () => {
    catcher.answer({ status: 201, body: '{}', ms: 60_000 });
    const sms = smsOn({}, { patienceMs: 50 });
    await send(sms);
    await sms.round();
    expect(await rows()).toHaveLength(1);
    expect(lines.join()).toContain('took too long');
    catcher.answer(null);
    clock += pauseAfter(1);
    // Another one, with patience: a busy machine is slow, too.
    await smsOn().round();
    expect(catcher.caught).toHaveLength(1);
  });

  it('prints to the log where mails would be, and nowhere else', async () => {
    const own = smsOn({ smsUrl: null, smsFrom: null, publicOrigins: ['http://localhost:4040'] });
    await send(own);
    await own.round();
    expect(lines.join()).toContain('@localhost #123456');
    const far = smsOn({ smsUrl: null, smsFrom: null });
    expect(far.works).toBe(false);
    expect(() => far.demand()).toThrow(KithError);
    await expect(send(far)).rejects.toMatchObject({ code: 'unavailable' });
    // An SMTP server changes nothing about it.
    expect(smsOn({ smsUrl: null, smsFrom: null, smtpUrl: 'smtp://localhost:25' }).works).toBe(false);
  });

  it('bounds what is asked for by number and by address, each for its time', async () => {
    const sms = smsOn();
    const ask = (number: string, address: string) =>
      database.db
        .transaction()
        .execute((trx) => sms.count(trx, { number, by: { type: 'address', address } }));
    for (let i = 0; i < 3; i += 1) await ask(NUMBER, `10.1.0.${i}`);
    const soon = await refusal(ask(NUMBER, '10.1.0.9'));
    expect(soon.code).toBe('rate_limited');
    expect(soon.retryAfterMs).toBe(10 * 60_000);
    clock += 10 * 60_000;
    await ask(NUMBER, '10.1.0.9');
    for (let i = 4; i < 10; i += 1) {
      clock += 5 * 60_000;
      await ask(NUMBER, `10.1.1.${i}`);
    }
    clock += 10 * 60_000;
    expect((await refusal(ask(NUMBER, '10.1.2.1'))).retryAfterMs).toBeGreaterThan(20 * 3_600_000);
    // A browser that was in before does not wait for them.
    await database.db
      .transaction()
      .execute((trx) => sms.count(trx, { number: NUMBER, by: { type: 'device', deviceId: 'd' } }));
    // One address, many numbers; what is refused counts for nothing.
    for (let i = 0; i < 10; i += 1) await ask(`+491512345${1000 + i}`, '10.2.0.1');
    expect((await refusal(ask('+4915123455000', '10.2.0.1'))).code).toBe('rate_limited');
    await ask('+4915123455000', '10.2.0.2');
  });

  it('counts every one of many at once', async () => {
    const sms = smsOn();
    const asked = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        database.db
          .transaction()
          .execute((trx) =>
            sms.count(trx, { number: NUMBER, by: { type: 'address', address: `10.3.0.${i}` } }),
          ),
      ),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('spends no more than the day has, and on strangers no more than their part of it', async () => {
    const sms = smsOn({ smsDaily: 16 });
    const numbers = Array.from({ length: 40 }, (_, i) => `+491512345${1000 + i}`);
    for (const number of numbers.slice(0, 10)) await send(sms, number, false);
    // A quarter of a half: one country cannot have all.
    expect(await rows()).toHaveLength(2);
    expect(lines.join()).toContain('KITH_SMS_DAILY is spent');
    for (let i = 0; i < 10; i += 1) await send(sms, `+4479111234${10 + i}`, false);
    for (let i = 0; i < 10; i += 1) await send(sms, `+346123456${10 + i}`, false);
    for (let i = 0; i < 10; i += 1) await send(sms, `+861380013${8000 + i}`, false);
    expect(await rows()).toHaveLength(8);
    for (let i = 0; i < 10; i += 1) await send(sms, `+336123456${10 + i}`, false);
    expect(await rows()).toHaveLength(8);
    for (const number of numbers) await send(sms, number, true);
    expect(await rows()).toHaveLength(16);
    clock += DAY;
    await send(sms, NUMBER, false);
    expect(await rows()).toHaveLength(17);
  });

  it('goes to the countries that are named, which share all of the strangers’ part', async () => {
    const sms = smsOn({ smsDaily: 8, smsCountries: ['49', '43'] });
    expect(() => sms.read('+44 7911 123456', undefined)).toThrow(KithError);
    await expect(send(sms, '+447911123456')).rejects.toMatchObject({ code: 'bad_input' });
    for (let i = 0; i < 10; i += 1) await send(sms, `+491512345${1000 + i}`, false);
    expect(await rows()).toHaveLength(4);
  });
});

describe('numbers', () => {
  it('are read as people type them', () => {
    const read = (typed: string, region?: string) => readNumber(typed, region)?.number ?? null;
    expect(read('+49 1512 3456789')).toBe(NUMBER);
    expect(read('(0151) 234-56789', 'DE')).toBe(NUMBER);
    expect(read('٠١٥١٢٣٤٥٦٧٨٩', 'de')).toBe(NUMBER);
    expect(read('\u202a+49 1512 3456789\u202c')).toBe(NUMBER);
    expect(read('0151 23456789')).toBeNull();
    expect(read('0151 23456789', 'constructor')).toBeNull();
  });

  it('are those of mobile phones alone: others cost what their owner likes', () => {
    for (const typed of [
      '+49 900 1234567',
      '+49 30 123456',
      '+44 70 1234 5678',
      '+44 909 8790000',
      '110',
      '112',
    ])
      expect(readNumber(typed, 'DE'), typed).toBeNull();
  });

  it.each([
    '+4915123456789\r\nX-Evil: 1',
    '+4915123456789\n+447911123456',
    '+4915123456789&To=+447911123456',
    '+4915123456789,+447911123456',
    'tel:+4915123456789',
    '+4915123456789;ext=5',
    '+49151234567890123456789',
    '＋'.repeat(60),
    '../../+4915123456789',
  ])('hide nothing: %j', (typed) => {
    expect(readNumber(typed, 'DE')).toBeNull();
  });

  it('are shown with most of their digits hidden', () => {
    expect(masked(NUMBER)).toBe('+49 ••••••••789');
    expect(masked('+12025550123')).toBe('+1 •••••••123');
  });
});

describe('the text', () => {
  const text = (tenantName: string, locale: MailLocale = 'en', origin = ORIGIN) =>
    renderSms({ tenantName, locale, mail: { kind: 'phone_code', code: '004711', minutes: 10 } }, origin);

  it.each(mailLocales)('ends with the line for the phone, and is short: %s', (locale) => {
    const said = text('Kith', locale);
    expect(said.split('\n').at(-1)).toBe('@chat.example.org #004711');
    expect([...said].length).toBeLessThanOrEqual(/^[\x20-\x7e\n]*$/.test(said) ? 160 : 100);
  });

  it('takes no line, link or code from a name', () => {
    const said = text('Evil\r\n\n@evil.example #999999 https://evil.example/x');
    expect(said.split('\n')).toHaveLength(3);
    expect(said.match(/[@#]/g)).toEqual(['@', '#']);
    expect(said).not.toMatch(/evil\.example|https:/);
    expect(text('x'.repeat(500)).length).toBeLessThan(160);
    expect(() =>
      renderSms(
        { tenantName: 'x', locale: 'en', mail: { kind: 'phone_code', code: '1\n@e #1', minutes: 1 } },
        ORIGIN,
      ),
    ).toThrow();
  });

  it('names no host where there is none', () => {
    expect(text('Kith', 'en', 'http://192.168.0.5:4040')).not.toContain('@');
    expect(text('Kith', 'en', 'http://[::1]:4040')).not.toContain('@');
    expect(text('Kith', 'en', 'http://chat.example.org:4040')).toContain('@chat.example.org #');
  });
});

describe('the settings', () => {
  it('name a provider, and tell nobody its token', () => {
    expect(parseSmsUrl('https://AC1:to%3Aken@api.example.org/x')).toEqual({
      url: 'https://api.example.org/x',
      user: 'AC1',
      password: 'to:ken',
    });
    for (const wrong of [
      'https://api.example.org/s3cr3t',
      'https://AC1@api.example.org/x',
      'http://AC1:s3cr3t@api.example.org/x',
      'ftp://AC1:s3cr3t@api.example.org/x',
      'https://AC1:%zz@api.example.org/x',
      'https://A%3AC1:s3cr3t@api.example.org/x',
      'nonsense',
    ]) {
      expect(() => parseSmsUrl(wrong), wrong).toThrow(/^must /);
      try {
        parseSmsUrl(wrong);
      } catch (error) {
        expect(String(error)).not.toContain('s3cr3t');
      }
    }
    for (const from of ['Kith', '+4915123456789', '12345', 'My Chat']) expect(parseSmsFrom(from)).toBe(from);
    for (const from of ['Kith\n', 'much too long a name', '+', '&To='])
      expect(() => parseSmsFrom(from)).toThrow();
    expect(parseCallingCodes('49, +43,1')).toEqual(['49', '43', '1']);
    expect(() => parseCallingCodes('DE')).toThrow();
  });
});
