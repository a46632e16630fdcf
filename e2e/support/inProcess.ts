/**
 * The real service inside this process, for tests that want many of its people or a hand on its insides: any free port,
 * no rate limits, PGlite in memory or a given PostgreSQL (several of them on one are several nodes). People are written straight into the database: hashing a password costs more
 * than everything else a short test does.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@kith/protocol';
import { accountsDb } from '../../packages/server/src/accounts/tables.ts';
import { createTokens } from '../../packages/server/src/accounts/tokens.ts';
import { defaultConfig } from '../../packages/server/src/config.ts';
import type { Bus } from '../../packages/server/src/fanout/bus.ts';
import type { Outside } from '../../packages/server/src/previews/outside.ts';
import { createService, type Service } from '../../packages/server/src/service.ts';
import { type Database, openDatabase } from '../../packages/server/src/store/database.ts';

export interface Person {
  readonly userId: string;
  readonly name: string;
  /** Of a session of their own, as `createClient` takes it. */
  readonly token: string;
  readonly sessionId: string;
}

export interface InProcess {
  readonly url: string;
  readonly service: Service;
  readonly database: Database;
  /** A new person with one session. */
  person(name: string): Promise<Person>;
  /** One more session of the same person. */
  session(person: Person): Promise<Person>;
  close(): Promise<void>;
}

export interface InProcessOptions {
  readonly bus?: Bus;
  /** `postgres://…`; absent: PGlite in memory. */
  readonly databaseUrl?: string;
  /** How often missed commits are looked for; a test may be in a hurry. */
  readonly antiEntropyMs?: number;
  /** Another build of the web app than the one in its folder. */
  readonly webRoot?: string;
  /** What fetches the pages behind links: the usual one calls nothing of this machine. */
  readonly outside?: Outside;
}

const SECRET = 'of no use outside of a test, but long enough';
const MONTH_MS = 30 * 86_400_000;

export async function startInProcess(options: InProcessOptions = {}): Promise<InProcess> {
  const { databaseUrl } = options;
  const database = await openDatabase(databaseUrl === undefined ? {} : { url: databaseUrl });
  const filesDirectory = await mkdtemp(join(tmpdir(), 'kith-files-'));
  const service = await createService(
    defaultConfig({
      port: 0,
      host: '127.0.0.1',
      rateFactor: 0,
      secret: SECRET,
      logLevel: 'error',
      filesDirectory,
    }),
    {
      database,
      ...(options.bus && { bus: options.bus }),
      ...(options.webRoot !== undefined && { webRoot: options.webRoot }),
      ...(options.outside && { outside: options.outside }),
      ...(options.antiEntropyMs !== undefined && { antiEntropyMs: options.antiEntropyMs }),
    },
  );
  const { port } = await service.listen();
  const tokens = createTokens([SECRET], false);
  const db = accountsDb(database.db);
  const tenant = await db
    .selectFrom('tenants')
    .select('id')
    .where('slug', '=', 'main')
    .executeTakeFirstOrThrow();

  const session = async (userId: string, name: string): Promise<Person> => {
    const sessionId = newId();
    const token = randomBytes(16).toString('hex');
    const now = new Date();
    await db
      .insertInto('auth_sessions')
      .values({
        id: sessionId,
        user_id: userId,
        token,
        expires_at: new Date(now.getTime() + MONTH_MS),
        ip_address: null,
        user_agent: null,
        created_at: now,
        updated_at: now,
      })
      .execute();
    return { userId, name, token: tokens.sign(token), sessionId };
  };

  return {
    // As a number: looking up "localhost" costs each of thousands of connections a thread.
    url: `http://127.0.0.1:${port}`,
    service,
    database,
    person: async (name) => {
      const userId = newId();
      const username = `${name.toLowerCase()}-${userId.slice(-12)}`;
      await db
        .insertInto('auth_users')
        .values({ id: userId, name, email: `${username}@example.org`, username })
        .execute();
      await db
        .insertInto('users')
        .values({ tenant_id: tenant.id, id: userId, username, display_name: name, role: 'member' })
        .execute();
      return session(userId, name);
    },
    session: ({ userId, name }) => session(userId, name),
    close: async () => {
      await service.close();
      await rm(filesDirectory, { recursive: true, force: true });
    },
  };
}
