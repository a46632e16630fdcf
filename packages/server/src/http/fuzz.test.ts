import { type CommandName, commandNames, commands, errors, newId, type WireError } from '@kith/protocol';
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createRateLimiter } from '../limits/rateLimiter.ts';
import { createService, type Service } from '../service.ts';
import { openDatabase } from '../store/database.ts';
import { createHttpApp } from './app.ts';

/** More for a night: KITH_FUZZ_RUNS=100000. */
const RUNS = Number(process.env.KITH_FUZZ_RUNS ?? 3_000);

let service: Service;
let app: FastifyInstance;
let token: string;
let conversationId: string;

beforeAll(async () => {
  const log = pino({ level: 'silent' });
  const config = defaultConfig({ port: 0, rateFactor: 0 });
  service = await createService(config, { database: await openDatabase({}), log });
  const { services } = service;
  const limiter = createRateLimiter({ factor: 0 });
  const http = { services, accounts: services.accounts, limiter, config, log };
  app = await createHttpApp({ ...http, webRoot: '/nowhere', isDraining: () => false });
  const form = { email: 'a@example.org', password: 'a good password', name: 'A', username: 'aa' };
  ({ token } = await services.accounts.signUp(form, { address: null, userAgent: null }));
  conversationId = newId();
  const made = await app.inject({
    method: 'POST',
    url: '/v1/conversations',
    headers: { authorization: `Bearer ${token}` },
    payload: { conversationId, kind: 'group', name: 'Team', userIds: [] },
  });
  expect(made.statusCode).toBe(200);
});
afterAll(async () => {
  await app?.close();
  await service?.close();
});

const junkText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e309',
    'null',
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
    '../..',
    "'; --",
    '👍',
  ),
);
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constant('known') },
  { weight: 1, arbitrary: fc.constant('new') },
  junkText,
);
const junk = fc.oneof(
  junkText,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 4 }),
);
const content = fc.oneof(
  fc.record({ type: fc.constant('plain'), text: junkText }),
  fc.record({ type: fc.constant('encrypted'), scheme: junkText, bytes: fc.base64String() }),
);

/** Something for each field that any command has, near enough to be let in now and then. */
const fields: Record<string, fc.Arbitrary<unknown>> = {
  conversationId: id,
  messageId: id,
  userId: id,
  userIds: fc.array(id, { maxLength: 3 }),
  conversationIds: fc.array(id, { maxLength: 3 }),
  messageIds: fc.array(id, { maxLength: 3 }),
  content,
  emoji: fc.oneof(fc.constant('👍'), junkText),
  kind: fc.constantFrom('group', 'channel', 'direct'),
  history: fc.constantFrom('all', 'joined', 'x'),
  role: fc.constantFrom('admin', 'member', 'owner'),
  name: junkText,
  topic: junkText,
  displayName: junkText,
  query: junkText,
  cursor: junkText,
  limit: fc.integer({ min: -1, max: 300 }),
  seq: fc.oneof(fc.nat(), fc.maxSafeInteger()),
  since: fc.oneof(fc.nat(), fc.maxSafeInteger()),
  before: fc.oneof(fc.nat(), fc.maxSafeInteger()),
  after: fc.oneof(fc.nat(), fc.maxSafeInteger()),
  around: fc.oneof(fc.nat(), fc.maxSafeInteger()),
  active: fc.boolean(),
  presence: fc.constantFrom('auto', 'away', 'x'),
};

const input = fc
  .record(
    Object.fromEntries(
      Object.entries(fields).map(([name, likely]) => [
        name,
        fc.oneof({ weight: 5, arbitrary: likely }, junk),
      ]),
    ),
    { requiredKeys: [] },
  )
  .chain((known) => fc.dictionary(junkText, junk, { maxKeys: 1 }).map((more) => ({ ...known, ...more })));

const withIds = (value: unknown): unknown => {
  if (value === 'known') return conversationId;
  if (value === 'new') return newId();
  if (Array.isArray(value)) return value.map(withIds);
  return value;
};

/** Fields the command does not have are mostly left out, or nothing would ever get past the first check. */
function requestOf(
  name: CommandName,
  given: Record<string, unknown>,
  strict: boolean,
  raw: string | null,
): InjectOptions {
  const { http, input: schema } = commands[name];
  if (!http) return { method: 'GET', url: '/v1/me' };
  const shape = 'shape' in schema ? Object.keys(schema.shape as object) : Object.keys(fields);
  const values = Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => !strict || shape.includes(key))
      .map(([key, value]) => [key, withIds(value)]),
  );
  const take = (field: string): string => {
    const value = values[field] ?? conversationId;
    delete values[field];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return encodeURIComponent(text.toWellFormed()) || '-';
  };
  const path = `/v1${http.path.replace(/\{(\w+)\}/g, (_, field: string) => take(field))}`;
  const headers = { authorization: `Bearer ${token}` };
  if (http.method === 'GET' || http.method === 'DELETE') {
    const text = (value: unknown): string =>
      typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(values)) {
      query.append(key, Array.isArray(value) ? value.map(text).join(',') : text(value));
    }
    return { method: http.method, url: `${path}?${raw ?? query}`, headers };
  }
  const payload = raw ?? JSON.stringify(values);
  return {
    method: http.method,
    url: path,
    headers: { ...headers, 'content-type': 'application/json' },
    payload,
  };
}

it('E1: answers whatever a stranger sends by the table, and never by a 5xx', {
  timeout: 3_600_000,
}, async () => {
  const seen = new Map<number, number>();
  const raw = fc.option(fc.oneof(fc.json({ maxDepth: 20 }), fc.string({ unit: 'binary' })), { freq: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...commandNames),
      input,
      fc.boolean(),
      raw,
      async (name, given, strict, text) => {
        const request = requestOf(name, given, strict, text);
        const { statusCode, body } = await app.inject(request);
        seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1);
        expect(statusCode, body).toBeLessThan(500);
        if (statusCode === 200) return;
        const { error } = JSON.parse(body) as { error: WireError };
        expect(errors[error.code].status).toBe(statusCode);
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  // Otherwise it was all noise, and nothing behind the first check was tried.
  expect(seen.get(200) ?? 0).toBeGreaterThan(RUNS / 50);
});
