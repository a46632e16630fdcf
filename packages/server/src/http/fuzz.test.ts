import { type CommandName, commandNames, commands, errors, newId, type WireError } from '@kith/protocol';
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createRateLimiter } from '../limits/rateLimiter.ts';
import { createService, type Service } from '../service.ts';
import { signedIn } from '../testing/signedIn.ts';
import { openTestDatabase } from '../testing/world.ts';
import { createHttpApp } from './app.ts';
import { createMetrics } from './metrics.ts';

/** More for a night: KITH_FUZZ_RUNS=100000. */
const RUNS = Number(process.env.KITH_FUZZ_RUNS ?? 3_000);

let service: Service;
let app: FastifyInstance;
let token: string;
let conversationId: string;

beforeAll(async () => {
  const log = pino({ level: 'silent' });
  const config = defaultConfig({ port: 0, rateFactor: 0 });
  service = await createService(config, { database: (await openTestDatabase('pglite')).database, log });
  const { services } = service;
  const limiter = createRateLimiter({ factor: 0 });
  const http = { services, accounts: services.accounts, limiter, config, log };
  app = await createHttpApp({
    ...http,
    metrics: createMetrics(),
    webRoot: '/nowhere',
    isDraining: () => false,
  });
  const form = { email: 'a@example.org', password: 'a good password', name: 'A', username: 'aa' };
  ({ token } = await signedIn(services.accounts.signUp(form, { address: null, userAgent: null })));
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

/** Anything for any field, and one more of no command's. */
const wild = fc
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

/** What commands do without, left out more often than not: at most one of the last three may be given. */
const optional = ['cursor', 'limit', 'query', 'topic', 'history', 'around', 'before', 'after'];
const near = fc
  .tuple(fc.record(fields), fc.subarray(optional, { minLength: 5 }))
  .map(([known, omitted]) =>
    Object.fromEntries(Object.entries(known).filter(([name]) => !omitted.includes(name))),
  );

interface Attempt {
  readonly given: Record<string, unknown>;
  /** Leave out what the command does not have: else nothing would get past the first check. */
  readonly fitting: boolean;
  /** Sent instead of the fields. */
  readonly raw: string | null;
}

const raw = fc.option(fc.oneof(fc.json({ maxDepth: 20 }), fc.string({ unit: 'binary' })), { freq: 8 });
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  fc.record({ given: wild, fitting: fc.boolean(), raw }),
  fc.record({ given: near, fitting: fc.constant(true), raw: fc.constant(null) }),
);
const overHttp = commandNames.filter((name) => commands[name].http !== null);

const withIds = (value: unknown): unknown => {
  if (value === 'known') return conversationId;
  if (value === 'new') return newId();
  if (Array.isArray(value)) return value.map(withIds);
  return value;
};

function requestOf(name: CommandName, { given, fitting, raw }: Attempt): InjectOptions {
  const { http, input: schema } = commands[name];
  if (!http) throw new Error(`${name} has no route`);
  // Of the two forms of createConversation, what both have.
  const known =
    'shape' in schema ? Object.keys(schema.shape as object) : ['conversationId', 'kind', 'name', 'userIds'];
  const values = Object.fromEntries(
    Object.entries(given)
      .filter(([key]) => !fitting || known.includes(key))
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
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...overHttp), attempt, async (name, sent) => {
      const { statusCode, body } = await app.inject(requestOf(name, sent));
      seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1);
      expect(statusCode, body).toBeLessThan(500);
      if (statusCode === 200) return;
      const { error } = JSON.parse(body) as { error: WireError };
      expect(errors[error.code].status).toBe(statusCode);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // Otherwise it was all noise, and nothing behind the first check was tried.
  expect(seen.get(200) ?? 0).toBeGreaterThan(RUNS / 20);
});
