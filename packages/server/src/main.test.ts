import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { subprotocol } from '@kith/protocol';
import { serverEnvironment } from '@kith/tools/serverFlags.mjs';
import { createTestDatabase } from '@kith/tools/services/testDatabase.ts';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Where it says it can be reached. */
  readonly ready: Promise<string>;
  readonly exit: Promise<number | null>;
}

const running = new Set<ChildProcess>();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-main-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

function run(environment: Record<string, string> = {}, args: readonly string[] = []): Run {
  const { PATH = '', TMPDIR } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: {
      PATH,
      ...(TMPDIR && { TMPDIR }),
      PORT: '0',
      KITH_DATA: directory,
      ...serverEnvironment,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk;
      const url = /^Kith is ready: (\S+)$/m.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    exit.then((code) => reject(new Error(`exited with ${code}: ${output}`)));
  });
  ready.catch(() => undefined);
  return { child, output: () => output, ready, exit };
}

const signUp = (url: string): Promise<Response> =>
  fetch(new URL('/v1/auth/sign-up/email', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'a@example.org', password: 'a good password', name: 'A', username: 'aa' }),
  });

// Each start makes a database on disk: some seconds of work, more when other tests run beside.
describe('the server process', { timeout: 180_000 }, () => {
  it('tells its sockets, stops in order on SIGTERM, and has everything when it starts again', async () => {
    const first = run();
    const url = await first.ready;
    const signedUp = await signUp(url);
    const token = signedUp.headers.get('set-auth-token') ?? '';

    const socket = new WebSocket(url.replace('http', 'ws').concat('/v1/socket'), subprotocol);
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(...String(data).split('\n')));
    await once(socket, 'open');
    socket.send(JSON.stringify({ t: 'hello', token }));
    await once(socket, 'message');

    const closed = once(socket, 'close');
    // As one Ctrl-C comes: from the terminal and from npm.
    first.child.kill('SIGTERM');
    first.child.kill('SIGINT');
    expect((await closed)[0]).toBe(4503);
    expect(JSON.parse(frames.at(-1) ?? '{}')).toMatchObject({ t: 'goodbye', error: { code: 'draining' } });
    expect(await first.exit).toBe(0);
    expect(first.output()).toMatch(/"msg":"draining"[\s\S]*"msg":"closed"/);
    expect(existsSync(join(directory, 'kith.lock'))).toBe(false);

    const second = run();
    const me = await fetch(new URL('/v1/me', await second.ready), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await me.json()).toMatchObject({ user: { username: 'aa', role: 'owner' } });
  });

  it('refuses a second start on the same data, by name, and takes over from a killed one', async () => {
    const first = run();
    await first.ready;
    const second = run();
    expect(await second.exit).toBe(1);
    expect(second.output()).toMatch(new RegExp(`^.* is in use by process ${first.child.pid}\\. [^\n]*\n$`));

    first.child.kill('SIGKILL');
    await first.exit;
    expect(existsSync(join(directory, 'kith.lock'))).toBe(true);
    await run().ready;
  });

  it('says in a line what is wrong with a setting, an option, a port', async () => {
    const misused = run({ PORT: 'http', KITH_SIGN_UP: 'maybe' }, ['--nonsense']);
    expect(await misused.exit).toBe(2);
    expect(misused.output().trim().split('\n')).toHaveLength(3);

    const unlisted = run({ KITH_BREACHED_PASSWORDS: '/nowhere/leaked.txt' });
    expect(await unlisted.exit).toBe(1);
    expect(unlisted.output()).toMatch(
      /^KITH_BREACHED_PASSWORDS: \/nowhere\/leaked\.txt cannot be opened[^\n]*\n$/,
    );

    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const late = run({ PORT: String(port) });
    expect(await late.exit).toBe(1);
    expect(late.output()).toMatch(new RegExp(`^Port ${port} is taken[^\n]*\n$`));
    taken.close();
  });

  it('prints its settings with --help, and starts nothing', async () => {
    const help = run({}, ['--help']);
    expect(await help.exit).toBe(0);
    expect(help.output()).toContain('KITH_PUBLIC_URL');
    expect(existsSync(join(directory, 'kith.lock'))).toBe(false);
  });

  it('runs on PostgreSQL, several at once, with one secret', async () => {
    const database = await createTestDatabase(inject('postgresUrl'));
    const nodes = [run({ DATABASE_URL: database.url }), run({ DATABASE_URL: database.url })];
    const [one = '', two = ''] = await Promise.all(nodes.map((node) => node.ready));
    const token = (await signUp(one)).headers.get('set-auth-token');
    const me = await fetch(new URL('/v1/me', two), { headers: { authorization: `Bearer ${token}` } });
    expect(me.status).toBe(200);
    const third = run({ DATABASE_URL: database.url });
    await third.ready;
    expect(third.output()).toContain('without the same KITH_BUS');
    nodes.push(third);
    for (const node of nodes) node.child.kill('SIGINT');
    expect(await Promise.all(nodes.map((node) => node.exit))).toEqual([0, 0, 0]);
    await database.drop();
  });

  it('says in a line that it finds no database', async () => {
    const lost = run({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(await lost.exit).toBe(1);
    expect(lost.output()).toMatch(/^The database at DATABASE_URL cannot be used: [^\n]*\n$/);
  });
});
