/**
 * One dialect, two homes: a PostgreSQL server, or PGlite inside this process. Every query of the service goes through
 * the Kysely instance made here.
 */
import { mkdir } from 'node:fs/promises';
import { KithError } from '@kith/protocol';
import { CompiledQuery, Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { isMigrated, type Migrating, migrate } from './migrate.ts';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;

export interface Statement {
  /** Under which it is prepared; one text each. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Database {
  readonly kind: 'pglite' | 'postgres';
  readonly db: Db;
  /**
   * Runs the append statement: prepared, over a connection for it alone whose planner is told to walk the indexes,
   * because a plan made while the tables were small would read them whole once they are large.
   */
  append<Row>(statement: Statement): Promise<Row[]>;
  /** The same, in one transaction with a statement that waits for locks: what it sees is of after the waiting. */
  appendHolding<Row>(holding: Statement, statement: Statement): Promise<Row[]>;
  /** Connections of the pool, and queries that wait for one. */
  pool(): { readonly open: number; readonly idle: number; readonly waiting: number };
  /** Whether another process was at work in this database before this one came. */
  isShared(): Promise<boolean>;
  /** Resolves when the database answers; rejects within some seconds when not. For readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://…`; absent: PGlite in `directory`, or in memory without one. */
  readonly url?: string;
  readonly directory?: string;
  /** What PGlite in memory begins with: a packed data directory. Tests begin hundreds of times. */
  readonly packed?: Blob;
  /** Connections to PostgreSQL, those for appending not counted. */
  readonly poolSize?: number;
  /** Connections for appending. */
  readonly appends?: number;
  /** After which PostgreSQL gives a statement up. */
  readonly statementTimeoutMs?: number;
}

const INT8 = 20;
const asNumber = (text: string): number => Number(text);
const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) => (id === INT8 ? asNumber : pg.types.getTypeParser(id, format)),
};
const STATEMENT_TIMEOUT_MS = 10_000;

/** Opens the database and brings its schema up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = options.url ? openPostgres({ ...options, url: options.url }) : await openPGlite(options);
  try {
    if (!(await isMigrated(database.db))) {
      if (options.url) await migratePostgres(options.url);
      else await migrate(database.db, { kind: 'pglite' });
    }
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
  return database;
}

function openPostgres({
  url,
  poolSize = 8,
  appends = 1,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: DatabaseOptions & { readonly url: string }): Database {
  const common = {
    connectionString: url,
    types,
    application_name: 'kith',
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
    // A node that fell silent in the middle of a change (a cut network, a stopped process) would hold the conversation's row,
    // and with it every append that touches it, for as long as its connection seems alive.
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  };
  // Our queries take a millisecond or two; compiling one takes a hundred, and the planner's guess of a cost decides.
  const pool = new pg.Pool({ ...common, max: poolSize, options: '-c jit=off' });
  const appendPool = new pg.Pool({
    ...common,
    max: appends,
    options:
      '-c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan',
  });
  // A connection that dies while idle (a database restart) is replaced on the next query; the query that meets it fails as retryable.
  // The pool listens only to the idle; one that dies in the middle of a transaction, between two statements, would otherwise
  // throw at nobody and end the process.
  for (const one of [pool, appendPool]) {
    one.on('error', () => undefined);
    one.on('connect', (client) => client.on('error', () => undefined));
  }
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    db,
    append: async <Row>(statement: Statement) => (await appendPool.query(prepared(statement))).rows as Row[],
    appendHolding: async <Row>(holding: Statement, statement: Statement) => {
      const client = await appendPool.connect();
      let failed = true;
      try {
        await client.query('begin');
        await client.query(prepared(holding));
        const result = await client.query(prepared(statement));
        await client.query('commit');
        failed = false;
        return result.rows as Row[];
      } finally {
        // Closed, it holds nothing any more, whatever went wrong.
        client.release(failed);
      }
    },
    pool: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    isShared: async () => {
      const { rows } = await pool.query<{ shared: boolean }>(`
        select exists (
          select from pg_stat_activity other
          where other.datname = me.datname and other.application_name = me.application_name
            and other.backend_start < me.backend_start
        ) as shared
        from pg_stat_activity me where me.pid = pg_backend_pid()`);
      return rows[0]?.shared ?? false;
    },
    ping: async () => {
      await pool.query('select 1');
    },
    close: async () => {
      await Promise.all([db.destroy(), appendPool.end()]);
    },
  };
}

/** Without the time-outs of the service: what takes long here is not to be given up. */
export async function migratePostgres(url: string, to?: Migrating['to']): Promise<void> {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    application_name: 'kith migration',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 0,
    lock_timeout: 0,
    idle_in_transaction_session_timeout: 0,
    keepAlive: true,
    max: 1,
    // The lock that keeps other nodes away is the connection's.
    idleTimeoutMillis: 0,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, { kind: 'postgres', ...(to !== undefined && { to }) });
  } finally {
    await db.destroy();
  }
}

async function openPGlite({ directory, packed }: DatabaseOptions): Promise<Database> {
  // Loaded only here: a node on PostgreSQL does without its megabytes.
  const { PGlite } = await import('@electric-sql/pglite');
  if (directory) await mkdir(directory, { recursive: true });
  const pglite = await PGlite.create({
    ...(directory && { dataDir: directory }),
    ...(packed && { loadDataDir: packed }),
    parsers: { [INT8]: asNumber },
  });
  const db = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
  // Through Kysely, whose lock keeps the statement out of other people's transactions.
  const append = async <Row>({ text, values }: Statement) =>
    (await db.executeQuery(CompiledQuery.raw(text, [...values]))).rows as Row[];
  return {
    kind: 'pglite',
    db,
    append,
    // No other transaction runs meanwhile: there is nothing to wait for.
    appendHolding: (_holding, statement) => append(statement),
    pool: () => ({ open: 1, idle: 0, waiting: 0 }),
    isShared: async () => false,
    ping: async () => {
      await pglite.query('select 1');
    },
    close: () => db.destroy(),
  };
}

const prepared = ({ name, text, values }: Statement) => ({ name, text, values: [...values] });

/** Class 08: connection; 57P: shut-down; 53: resources; 40: rolled back by a conflict; 55P03, 57014: time-outs. */
const RETRYABLE_SQLSTATE = /^(08|57P|53|40|55P03|57014)/;
const RETRYABLE_SOCKET = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The database's unique constraint that was hit, if that is what the error says. */
export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/** Whether a statement took longer than it may, waiting for a lock or at work. */
export const isTooSlow = (error: unknown): boolean => /^(57014|55P03)$/.test(codeOf(error) ?? '');

/** Whether the database is away or asks to try again, so that the caller may answer `unavailable`. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return RETRYABLE_SQLSTATE.test(code) || RETRYABLE_SOCKET.has(code);
  const message = error instanceof Error ? error.message : '';
  return /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered|Cannot use a pool after calling end|driver has already been destroyed)/.test(
    message,
  );
}

/** Turns an error of the database into one of the wire; leaves others as they are. */
export const toKithError = (error: unknown): unknown =>
  isDatabaseUnavailable(error) ? new KithError('unavailable', { cause: error, retryAfterMs: 500 }) : error;

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
