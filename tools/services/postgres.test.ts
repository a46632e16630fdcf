import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, expect, inject, test, vi } from 'vitest';
import { type Postgres, startPostgres } from './postgres.ts';
import { createTestDatabase } from './testDatabase.ts';

// A place of our own for temporary folders: this test counts them, and other runs may make some, too.
const place = mkdtempSync(join(tmpdir(), 'kith-postgres-test-'));
chmodSync(place, 0o755);
process.env.TMPDIR = place;
afterAll(() => rmSync(place, { recursive: true, force: true }));

let postgres: Postgres | undefined;
afterEach(() => postgres?.stop());

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A restart ends idle connections; without a listener that would be an uncaught error.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Kernel state aside: a zombie still has a pid, but it has ended. */
async function untilGone(pid: number): Promise<void> {
  for (let i = 0; i < 400 && isAlive(pid); i += 1) {
    if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    await sleep(25);
  }
  expect(isAlive(pid)).toBe(false);
}

const folders = () => readdirSync(place).filter((name) => name.startsWith('kith-postgres-'));

test('starts with the settings asked for, and leaves nothing behind', async () => {
  postgres = await startPostgres({ fsync: true, settings: { work_mem: '7MB' } });
  expect(folders()).toHaveLength(1);
  expect(await query(postgres.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
  expect(await query(postgres.url, 'show work_mem')).toEqual([{ work_mem: '7MB' }]);
  expect(await query(postgres.url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);

  const { pid } = postgres;
  await postgres.stop();
  await postgres.stop();
  expect(isAlive(pid)).toBe(false);
  expect(folders()).toEqual([]);
});

test('keeps what was committed over a restart of either kind, on the same address', async () => {
  postgres = await startPostgres();
  await query(postgres.url, 'create table kept (n int)');
  for (const mode of ['fast', 'immediate'] as const) {
    const { pid } = postgres;
    await query(postgres.url, 'insert into kept values (1)');
    await postgres.restart(mode);
    expect(postgres.pid).not.toBe(pid);
  }
  expect(await query(postgres.url, 'select count(*)::int from kept')).toEqual([{ count: 2 }]);
});

test.runIf(process.platform === 'linux')('runs on the one CPU it was given', async () => {
  postgres = await startPostgres({ cpu: 0 });
  expect(readFileSync(`/proc/${postgres.pid}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\s*0$/m);
});

test('says what the server said when it does not start', async () => {
  await expect(startPostgres({ settings: { work_mem: 'nonsense' } })).rejects.toThrow(/work_mem/);
});

test('is cleared away even when its owner is killed', async () => {
  const script = `
    import { startPostgres } from ${JSON.stringify(new URL('./postgres.ts', import.meta.url).href)};
    console.log((await startPostgres()).pid);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: owner.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);

  const exited = once(owner, 'exit');
  owner.kill('SIGKILL');
  await exited;
  await untilGone(pid);
  await vi.waitFor(() => expect(folders()).toEqual([]), 10_000);
});

test('a forgotten stop does not keep the process from ending', async () => {
  const script = `
    import { startPostgres } from ${JSON.stringify(new URL('./postgres.ts', import.meta.url).href)};
    await startPostgres();`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: 'inherit',
    timeout: 30_000,
  });
  expect(await once(owner, 'exit')).toEqual([0, null]);
});

test('test databases are apart from each other', async () => {
  const one = await createTestDatabase(inject('postgresUrl'));
  const two = await createTestDatabase(inject('postgresUrl'));
  await query(one.url, 'create table mine (n int)');
  await query(two.url, 'create table mine (n int)');
  await one.drop();
  await expect(query(one.url, 'select 1')).rejects.toThrow(/does not exist/);
  expect(await query(two.url, 'select * from mine')).toEqual([]);
  await two.drop();
});

test('without PostgreSQL, a test database says what to install', async () => {
  await expect(createTestDatabase('')).rejects.toThrow(/apt-get install postgresql/);
});
