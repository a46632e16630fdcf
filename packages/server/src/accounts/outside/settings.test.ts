import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../config.ts';
import { parseProviders } from './settings.ts';

const SECRET = 'do-not-tell-anybody';
const one = (more: object = {}) => ({
  id: 'acme',
  issuer: 'https://login.acme.example',
  clientId: 'kith',
  clientSecret: SECRET,
  ...more,
});
const parse = (list: unknown, environment = {}) => parseProviders(JSON.stringify(list), environment);

describe('the services people may sign in by', () => {
  it('presets know the rest', () => {
    const presets = ['google', 'github', 'microsoft'].map((preset) => ({
      id: preset,
      preset,
      clientId: 'kith',
      clientSecret: SECRET,
    }));
    expect(parse(presets)).toMatchObject([
      { name: 'Google', issuer: 'https://accounts.google.com', scopes: ['openid', 'email', 'profile'] },
      { name: 'GitHub', issuer: 'https://github.com', scopes: ['read:user', 'user:email'] },
      { name: 'Microsoft', issuer: 'https://login.microsoftonline.com/common/v2.0' },
    ]);
    expect(parse([{ ...presets[2], tenant: 'acme.example' }])).toMatchObject([
      { issuer: 'https://login.microsoftonline.com/acme.example/v2.0' },
    ]);
    expect(parseProviders('', {})).toEqual([]);
  });

  it('come from a file, and their secrets from the environment', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kith-providers-'));
    const path = join(folder, 'providers.json');
    await writeFile(path, JSON.stringify([one({ clientSecret: undefined, clientSecretEnv: 'ACME' })]));
    const parsed = parseCommandLine([], { KITH_PROVIDERS: path, ACME: SECRET });
    expect(parsed).toMatchObject({
      type: 'run',
      config: { providers: [{ id: 'acme', name: 'acme', secret: { type: 'text', text: SECRET } }] },
    });
    await rm(folder, { recursive: true });
  });

  it.each([
    ['not JSON', '[{', 'is not JSON'],
    ['no list', '{}', 'the beginning'],
    ['no file', '/nowhere/at/all.json', 'the path of a file'],
    ['no issuer', [one({ issuer: undefined })], 'needs an issuer'],
    ['http', [one({ issuer: 'http://login.acme.example' })], 'https'],
    ['a password in the issuer', [one({ issuer: `https://kith:${SECRET}@acme.example` })], 'https'],
    ['no secret', [one({ clientSecret: undefined })], 'needs a clientSecret'],
    ['two secrets', [one({ clientSecretEnv: 'ACME' })], 'needs a clientSecret'],
    ['an empty secret', [one({ clientSecret: undefined, clientSecretEnv: 'ACME' })], 'nothing in ACME'],
    ['one id twice', [one(), one()], 'twice'],
    ['the id of the password', [one({ id: 'credential' })], '0.id'],
    ['an id for a path', [one({ id: '../evil' })], '0.id'],
    ['no openid', [one({ scopes: ['email'] })], 'openid'],
    ['a scope with a space', [one({ scopes: ['openid', 'a b'] })], '0.scopes.1'],
    ['a word we do not know', [one({ clientsecret: SECRET })], 'Unrecognized'],
    ['a tenant elsewhere', [one({ tenant: 'acme' })], 'Microsoft'],
    ['Apple with a plain secret', [one({ preset: 'apple', teamId: 'T', keyId: 'K' })], 'private key'],
    ['Apple without its names', [one({ preset: 'apple' })], 'teamId'],
  ])('%s is refused in clear words, without the secret', (_name, list, words) => {
    const value = typeof list === 'string' ? list : JSON.stringify(list);
    const parsed = parseCommandLine([], { KITH_PROVIDERS: value });
    const said = parsed.type === 'refused' ? parsed.problems.join('\n') : expect.fail('it was taken');
    expect(said).toContain('KITH_PROVIDERS');
    expect(said).toContain(words);
    expect(said).not.toContain(SECRET);
  });
});
