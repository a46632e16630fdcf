/** Mails wait in rows until they are sent. H5: on both databases, with a real SMTP server. */
import { KithError } from '@kith/protocol';
import { freePort } from '@kith/tools/services/processes.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { createMailCatcher, type MailCatcher } from '../testing/mailCatcher.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';
import type { Letter, OwnPath } from './kinds.ts';
import { createMail, type MailOptions, type MailService } from './mail.ts';
import { pauseAfter } from './outbox.ts';

const ORIGIN = 'https://chat.example.org';
const MINUTE = 60_000;

const letter = (to = 'ana@example.org', code = '123456'): Letter => ({
  tenantId: 1,
  to,
  locale: 'en',
  mail: { kind: 'sign_up_code', code, minutes: 10 },
});

const notice = (to = 'ana@example.org'): Letter => ({
  tenantId: 1,
  to,
  locale: 'en',
  mail: { kind: 'second_factor_changed', what: 'totp_on' },
});

describe.each(databaseKinds)('the outbox on %s', (kind) => {
  let database: Database;
  let url: string | null;
  let drop: () => Promise<void>;
  let catcher: MailCatcher;
  let clock = Date.parse('2026-01-01T12:00:00Z');
  const now = () => clock;
  const lines: string[] = [];
  const note = (details: object, message: string) => lines.push(`${message} ${JSON.stringify(details)}`);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const open: MailService[] = [];

  const mailOn = (on = database, config: Partial<Config> = {}, options: Partial<MailOptions> = {}) => {
    const mail = createMail({
      config: defaultConfig({ smtpUrl: catcher.url, publicOrigins: [ORIGIN], ...config }),
      database: on,
      log,
      now,
      ...options,
    });
    open.push(mail);
    return mail;
  };
  const rows = () => database.db.selectFrom('mails').selectAll().execute();

  beforeAll(async () => {
    ({ database, url, drop } = await openTestDatabase(kind));
  });
  afterAll(() => drop());
  beforeEach(async () => {
    catcher = await createMailCatcher();
    await database.db.deleteFrom('mails').execute();
    lines.length = 0;
  });
  afterEach(async () => {
    for (const mail of open.splice(0)) await mail.close();
    await catcher.close();
  });

  it('sends what was committed, once, and forgets it', async () => {
    const mail = mailOn();
    await database.db.transaction().execute((trx) => mail.enqueue(trx, letter()));
    mail.nudge();
    const caught = await catcher.next('ana@example.org');
    expect(caught).toMatchObject({ subject: 'Your code for Kith', from: 'kith@chat.example.org' });
    expect(caught.text).toContain('123456');
    expect(caught.text).toContain(ORIGIN);
    await mail.round();
    expect(await rows()).toEqual([]);
    expect(catcher.caught).toHaveLength(1);
  });

  it('sends nothing of what was rolled back', async () => {
    const mail = mailOn();
    const failing = database.db.transaction().execute(async (trx) => {
      await mail.enqueue(trx, letter());
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await rows()).toEqual([]);
    await mail.round();
    expect(catcher.caught).toEqual([]);
  });

  it('finds by itself what somebody else wrote', async () => {
    await mailOn().enqueue(database.db, letter());
    mailOn().start();
    await catcher.next('ana@example.org');
  });

  it('puts off what is not taken yet, by more each time, and sends it then', async () => {
    catcher.answer(() => ({ status: 450, words: 'later' }));
    const mail = mailOn();
    await mail.enqueue(database.db, notice());
    for (let attempt = 1; attempt <= 3; attempt++) {
      await mail.round();
      const [row] = await rows();
      expect(row?.at.getTime()).toBe(clock + pauseAfter(attempt));
      clock += pauseAfter(attempt) - 1;
      await mail.round();
      expect((await rows())[0]?.at).toEqual(row?.at);
      clock += 1;
    }
    catcher.answer(() => null);
    await mail.round();
    expect(catcher.caught).toHaveLength(1);
    expect(await rows()).toEqual([]);
    expect([1, 2, 3, 4, 100].map(pauseAfter)).toEqual([0.5, 1, 2, 4, 240].map((minutes) => minutes * MINUTE));
  });

  it('waits for a server that is down, and sends when it is back', async () => {
    const port = await freePort();
    const mail = mailOn(database, { smtpUrl: `smtp://localhost:${port}` });
    await mail.enqueue(database.db, notice());
    await mail.round();
    expect(await rows()).toHaveLength(1);
    await catcher.close();
    catcher = await createMailCatcher({ port });
    clock += pauseAfter(1);
    await mail.round();
    expect(catcher.caught).toHaveLength(1);
  });

  it('drops what is refused, and logs neither address nor secret', async () => {
    catcher.answer((address) => ({ status: 550, words: `5.1.1 no ${address} here` }));
    const mail = mailOn();
    await mail.enqueue(database.db, letter());
    await mail.round();
    expect(await rows()).toEqual([]);
    expect(lines.join('\n')).toMatch(/a mail was refused.*sign_up_code.*550 5\.1\.1/);
    expect(lines.join('\n')).not.toMatch(/ana@|123456/);
  });

  it('sends no code that is not good any more, and gives up after a day', async () => {
    catcher.answer(() => ({ status: 450, words: 'later' }));
    const mail = mailOn();
    const begun = clock;
    await mail.enqueue(database.db, letter());
    await mail.enqueue(database.db, notice());
    let codeGone: number | undefined;
    while ((await rows()).length > 0) {
      await mail.round();
      const left = await rows();
      if (left.length < 2) codeGone ??= clock;
      clock = left[0]?.at.getTime() ?? clock;
    }
    expect((codeGone ?? 0) - begun).toBeGreaterThan(5 * MINUTE);
    expect((codeGone ?? 0) - begun).toBeLessThan(10 * MINUTE);
    expect(clock - begun).toBeGreaterThan(20 * 60 * MINUTE);
    expect(clock - begun).toBeLessThan(24 * 60 * MINUTE);

    catcher.answer(() => null);
    // One that has not looked yet: the first may look again by itself while the code is still good.
    await mail.close();
    const late = mailOn();
    await late.enqueue(database.db, letter());
    clock += 10 * MINUTE;
    await late.round();
    expect(catcher.caught).toEqual([]);
    expect(await rows()).toEqual([]);
    expect(lines.join('\n')).not.toMatch(/ana@|123456/);
  });

  it('keeps five of a kind for one address, and what is of another kind or for others', async () => {
    const mail = mailOn();
    for (let i = 0; i < 8; i++) await mail.enqueue(database.db, letter());
    await mail.enqueue(database.db, notice());
    await mail.enqueue(database.db, letter('bea@example.org'));
    await mail.round();
    expect(catcher.caught.map(({ to }) => to[0]).sort()).toEqual([
      ...Array.from({ length: 6 }, () => 'ana@example.org'),
      'bea@example.org',
    ]);
  });

  it('claims again what a node that died had claimed', async () => {
    const mail = mailOn();
    await mail.enqueue(database.db, letter());
    await database.db
      .updateTable('mails')
      .set({ claimed_until: new Date(clock + MINUTE) })
      .execute();
    await mail.round();
    expect(catcher.caught).toEqual([]);
    clock += MINUTE;
    await mail.round();
    expect(catcher.caught).toHaveLength(1);
  });

  it('sends more than it has places for', async () => {
    const mail = mailOn();
    const addresses = Array.from({ length: 55 }, (_, i) => `person${i}@example.org`);
    for (const address of addresses) await mail.enqueue(database.db, letter(address));
    mail.start();
    await Promise.all(addresses.map((address) => catcher.next(address)));
    expect(catcher.caught).toHaveLength(55);
  });

  it('writes nothing that nobody would send, or that is no address, or that leads elsewhere', async () => {
    const none = mailOn(database, { smtpUrl: null });
    expect(none.works).toBe(false);
    expect(() => none.demand()).toThrow(KithError);
    await expect(none.enqueue(database.db, letter())).rejects.toMatchObject({
      code: 'unavailable',
      message: 'This server sends no mail. Ask whoever runs it.',
      retryable: false,
    });
    const mail = mailOn();
    expect(mail.works).toBe(true);
    await expect(mail.enqueue(database.db, letter('a@b.c, d@e.f'))).rejects.toMatchObject({
      code: 'bad_input',
    });
    for (const path of ['//evil.example/x', '/\\evil.example', 'https://evil.example/'] as string[]) {
      await expect(
        mail.enqueue(database.db, {
          ...letter(),
          mail: { kind: 'password_reset', path: path as OwnPath, minutes: 10 },
        }),
      ).rejects.toThrow('leads to this server only');
    }
    expect(await rows()).toEqual([]);
  });

  it('takes what strangers chose, whatever it is', async () => {
    const mail = mailOn();
    const inviter = `\0\ud800${'x'.repeat(100_000)}`;
    await mail.enqueue(database.db, {
      ...letter(),
      mail: { kind: 'invite', inviter, tenant: '\u0000', path: '/join#1', days: 7 },
    });
    await mail.round();
    expect((await catcher.next('ana@example.org')).subject).toMatch(/^“x{59}…” invites you to “–”$/);
  });

  it('prints to the log on a machine of its own', async () => {
    const mail = mailOn(
      database,
      { smtpUrl: null, publicOrigins: [] },
      { origin: () => 'http://localhost:1234' },
    );
    await mail.enqueue(database.db, {
      ...letter(),
      mail: { kind: 'password_reset', path: '/reset#secret', minutes: 10 },
    });
    await mail.round();
    expect(lines.join('\n')).toContain('http://localhost:1234/reset#secret');
    expect(await rows()).toEqual([]);
  });

  it.runIf(kind === 'postgres')('is sent once by two nodes', async () => {
    const other = await openDatabase({ url: url ?? '' });
    const [one, two] = [mailOn(), mailOn(other)];
    const addresses = Array.from({ length: 60 }, (_, i) => `person${i}@example.org`);
    for (const address of addresses) await one.enqueue(database.db, letter(address));
    one.start();
    two.start();
    await Promise.all(addresses.map((address) => catcher.next(address)));
    await Promise.all([one.round(), two.round()]);
    expect(catcher.caught).toHaveLength(60);
    expect(await rows()).toEqual([]);
    await two.close();
    await other.close();
  });
});
