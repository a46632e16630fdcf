/**
 * `npm run example:embed`: the host application at http://localhost:4041. With KITH_URL and KITH_OPERATOR_TOKEN it uses a Kith that
 * runs; otherwise it starts one of its own, on data that are gone afterwards.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHost } from './host.ts';
import { servePage } from './page.ts';
import { makeTenant } from './tenant.ts';

const PORT = Number(process.env['PORT'] ?? 4041);
const KITH_PORT = 4042;
const START_MS = 60_000;

interface Kith {
  readonly url: string;
  readonly operatorToken: string;
  stop(): Promise<void>;
}

async function startKith(): Promise<Kith> {
  const data = await mkdtemp(join(tmpdir(), 'kith-example-'));
  const operatorToken = randomBytes(24).toString('base64url');
  const url = `http://localhost:${KITH_PORT}`;
  const main = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: String(KITH_PORT), KITH_DATA: data, KITH_OPERATOR_TOKEN: operatorToken },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  for (const end = performance.now() + START_MS; ; await sleep(200)) {
    if (child.exitCode !== null || performance.now() > end) throw new Error('Kith did not start.');
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.ok) break;
  }
  return {
    url,
    operatorToken,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

const { KITH_URL: url, KITH_OPERATOR_TOKEN: operatorToken } = process.env;
const kith: Kith =
  url !== undefined && operatorToken !== undefined
    ? { url, operatorToken, stop: async () => undefined }
    : await startKith();
const origin = `http://localhost:${PORT}`;
const slug = `acme-${randomBytes(3).toString('hex')}`;
const tenant = await makeTenant(kith.url, kith.operatorToken, slug, origin);
const host = createHost(tenant);
await servePage(host);
await host.listen({ port: PORT, host: '127.0.0.1' });
process.stdout.write(`Acme Orders is at ${origin}, with a chat of the tenant ${slug}. Stop with Ctrl-C.\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    void host.close();
    void kith.stop();
  });
