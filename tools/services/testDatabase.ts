/**
 * A database of its own for one test file, in the one PostgreSQL that runs for the whole run of Vitest:
 *
 *     import { afterAll, inject } from 'vitest';
 *     import { createTestDatabase } from '@kith/tools/services/testDatabase.ts';
 *
 *     const database = await createTestDatabase(inject('postgresUrl'));
 *     afterAll(() => database.drop());
 *     … database.url …
 *
 * `postgresUrl` is an empty string when this machine has no PostgreSQL; then createTestDatabase throws an
 * error that says what to install, and the test fails. It is not skipped: nobody reads what was skipped.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type {} from 'vitest';
import { INSTALL_POSTGRES } from './binaries.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the superuser of the run's PostgreSQL; empty when there is none. */
    postgresUrl: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  /** Ends all connections to it and removes it. */
  drop(): Promise<void>;
}

/**
 * @param adminUrl of a user who may create databases.
 * @param template the database it is a copy of; nobody may be connected to that one. Absent: an empty one.
 */
export async function createTestDatabase(adminUrl: string, template?: string): Promise<TestDatabase> {
  if (adminUrl === '') throw new Error(`This test needs PostgreSQL. ${INSTALL_POSTGRES}`);
  const name = `kith_test_${randomBytes(8).toString('hex')}`;
  await execute(adminUrl, `create database ${name}${template ? ` template ${template}` : ''}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(adminUrl, `drop database if exists ${name} with (force)`) };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
  });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
