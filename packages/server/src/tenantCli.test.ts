import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockData } from './dataLock.ts';
import { parseTenantCommand } from './tenantCli.ts';
import { type EmbedWorld, OPERATOR, openEmbedWorld } from './testing/embedWorld.ts';
import { claimsOf, hs256 } from './testing/hostApp.ts';

const CLI = fileURLToPath(new URL('tenantCli.ts', import.meta.url));
const run = promisify(execFile);
const tenant = async (environment: Record<string, string>, ...args: string[]) => {
  const { stdout } = await run(process.execPath, [CLI, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    timeout: 60_000,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe('npm run tenant', () => {
  it('reads its words', () => {
    expect(parseTenantCommand([])).toEqual({ type: 'help' });
    expect(parseTenantCommand(['show'])).toMatchObject({ type: 'wrong' });
    expect(parseTenantCommand(['destroy', 'acme'])).toMatchObject({ type: 'wrong' });
    expect(
      parseTenantCommand([
        'set',
        'acme',
        'name=007',
        'origins=https://a.org,https://b.org',
        'quotas.people=10',
        'quotas.conversations=null',
        'features.polls=false',
      ]),
    ).toEqual({
      type: 'call',
      name: 'setTenant',
      input: {
        slug: 'acme',
        name: '007',
        origins: ['https://a.org', 'https://b.org'],
        quotas: { people: 10, conversations: null },
        features: { polls: false },
      },
    });
    expect(parseTenantCommand(['keys', 'acme', 'remove=012345678901'])).toEqual({
      type: 'call',
      name: 'removeTokenKey',
      input: { slug: 'acme', kid: '012345678901' },
    });
  });

  describe('with a running service', () => {
    let world: EmbedWorld;
    beforeAll(async () => {
      world = await openEmbedWorld();
    }, 120_000);
    afterAll(() => world?.close());

    it('makes a tenant whose tokens are taken at once', async () => {
      const running = { KITH_OPERATOR_TOKEN: OPERATOR, KITH_URL: world.base };
      await tenant(running, 'create', 'acme', 'name=Acme Ltd');
      const { kid, secret } = await tenant(running, 'keys', 'acme');
      const token = hs256(String(secret), claimsOf('acme', 'ann'), { kid });
      expect((await world.post(token)).status).toBe(200);
      expect(await tenant(running, 'show', 'acme')).toMatchObject({ name: 'Acme Ltd', people: 1 });
      await expect(tenant(running, 'create', 'acme', 'name=Again')).rejects.toThrow(/already/);
      await expect(tenant(running, 'set', 'acme', 'signUp=sometimes')).rejects.toThrow(/signUp/);
    }, 60_000);
  });

  it('on the embedded database: only while nobody else is at work there', async () => {
    const data = await mkdtemp(join(tmpdir(), 'kith-tenant-'));
    try {
      expect(await tenant({ KITH_DATA: data }, 'create', 'acme', 'name=Acme')).toMatchObject({
        slug: 'acme',
      });
      const lock = await lockData(data);
      await expect(tenant({ KITH_DATA: data }, 'list')).rejects.toThrow(/in use.*KITH_OPERATOR_TOKEN/s);
      await lock.release();
      expect(await tenant({ KITH_DATA: data }, 'list')).toMatchObject({
        tenants: [{ slug: 'acme' }, { slug: 'main' }],
      });
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  }, 120_000);
});
