/** The service sends what waits: from its start on, under the address it is reached at. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { silentLogger } from '../logger.ts';
import { createService } from '../service.ts';
import { createMailCatcher } from '../testing/mailCatcher.ts';
import { openTestDatabase } from '../testing/world.ts';
import { createMail } from './mail.ts';

it('a service that begins sends what was left, and waits for it when it ends', async () => {
  const catcher = await createMailCatcher();
  const { database } = await openTestDatabase('pglite');
  const config = defaultConfig({ port: 0, smtpUrl: catcher.url, mailFrom: 'Ours <mail@example.org>' });
  await createMail({ config, database, log: silentLogger }).enqueue(database.db, {
    tenantId: 1,
    to: 'ana@example.org',
    locale: 'en',
    mail: { kind: 'password_reset', path: '/reset#secret', minutes: 10 },
  });
  const service = await createService(config, { database, log: pino({ level: 'silent' }) });
  const { url } = await service.listen();
  const mail = await catcher.next('ana@example.org');
  expect(mail.from).toBe('mail@example.org');
  expect(mail.text).toContain(`${url}/reset#secret`);
  await service.close();
  await catcher.close();
});
