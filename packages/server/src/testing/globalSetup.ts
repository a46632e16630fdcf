/**
 * Vitest's global setup: the run's PostgreSQL, and of either kind a database that has its schema, to be copied. To set one
 * up in PGlite takes two seconds of a processor and a copy a quarter of that; a run needs a hundred.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createTestDatabase } from '@kith/tools/services/testDatabase.ts';
import setupPostgres from '@kith/tools/services/vitestPostgres.ts';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../store/database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A file: the packed data directory of an empty database. */
    pglitePacked: string;
    /** The name of an empty database; an empty string when there is no PostgreSQL. */
    postgresTemplate: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-unit-'));
  const [stopPostgres, packed] = await Promise.all([setupPostgres(project), pack(folder)]);
  project.provide('pglitePacked', packed);
  const url = project.getProvidedContext().postgresUrl;
  project.provide('postgresTemplate', url === '' ? '' : await migrated(url));
  return async () => {
    await Promise.all([stopPostgres?.(), rm(folder, { recursive: true, force: true })]);
  };
}

async function pack(folder: string): Promise<string> {
  const directory = join(folder, 'data');
  const database = await openDatabase({ directory });
  await database.close();
  const pglite = await PGlite.create(directory);
  const path = join(folder, 'data.tar');
  await writeFile(path, (await pglite.dumpDataDir('none')).stream());
  await pglite.close();
  return path;
}

async function migrated(adminUrl: string): Promise<string> {
  const { url } = await createTestDatabase(adminUrl);
  const database = await openDatabase({ url });
  await database.close();
  return new URL(url).pathname.slice(1);
}
