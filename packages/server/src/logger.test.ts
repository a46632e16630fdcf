import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { errorForLog } from './logger.ts';
import { databaseKinds, openTestDatabase } from './testing/world.ts';

it('writes a line of JSON on stderr, in the fields collectors know', () => {
  const module = fileURLToPath(new URL('./logger.ts', import.meta.url));
  const script =
    `import { createLog } from ${JSON.stringify(module)};` +
    `const log = createLog('info', 'n1'); log.debug({}, 'unsaid'); ` +
    `import Fastify from 'fastify'; const err = Object.assign(new Error('gone'), { code: '57P01', params: ['what Ann wrote'] });` +
    `const app = Fastify({ loggerInstance: log }); app.log.child({ requestId: 'r' }).warn({ err }, 'said');`;
  const output = execFileSync('/bin/sh', [
    '-c',
    '"$0" --input-type=module -e "$1" 2>&1',
    process.execPath,
    script,
  ]);
  const line: unknown = JSON.parse(output.toString());
  expect(line).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    'service.name': 'kith',
    'service.instance.id': 'n1',
    requestId: 'r',
    msg: 'said',
    err: { type: 'Error', message: 'gone', code: '57P01', stack: expect.stringContaining('gone') },
  });
  expect(output.toString()).not.toContain('Ann');
});

it.each(databaseKinds)(
  'leaves out what people wrote, of which statements that fail are full, on %s',
  async (kind) => {
    const { database, drop } = await openTestDatabase(kind);
    try {
      const failures: unknown[] = [];
      const fail = (statement: Promise<unknown>): Promise<unknown> =>
        statement.catch((error: unknown) => failures.push(error));
      // A row that does not fit is told as a whole, as a detail; a value of a wrong form is a parameter.
      await fail(
        sql`insert into tenants (slug, name) values (${'what Ann wrote'}::text, null)`.execute(database.db),
      );
      await fail(sql`select ${'what Ann wrote'}::text, 1 / (${'0'}::integer)`.execute(database.db));
      expect(failures).toHaveLength(2);
      expect(
        failures.some((error) => JSON.stringify(Object.entries(error as object)).includes('what Ann wrote')),
      ).toBe(true);
      for (const error of failures) {
        const logged = JSON.stringify(errorForLog(new Error('not kept', { cause: error })));
        expect(logged).not.toContain('what Ann wrote');
        expect(JSON.parse(logged)).toMatchObject({
          message: 'not kept',
          cause: { code: expect.stringMatching(/^[0-9A-Z]{5}$/), stack: expect.stringContaining('at ') },
        });
      }
    } finally {
      await drop();
    }
  },
);
