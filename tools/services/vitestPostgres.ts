/** Vitest's global setup: one PostgreSQL for all test files of a run. See testDatabase.ts for its use. */
import type { TestProject } from 'vitest/node';
import { findPostgresBinaries } from './binaries.ts';
import { startPostgres } from './postgres.ts';
import type {} from './testDatabase.ts';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!findPostgresBinaries()) {
    project.provide('postgresUrl', '');
    return undefined;
  }
  const postgres = await startPostgres();
  project.provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
