/** Vitest's global setup: an embedded database that has its schema, for the servers of all journeys to begin with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../packages/server/src/store/database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A data directory to be copied. */
    dataTemplate: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-journeys-'));
  const directory = join(folder, 'data');
  const database = await openDatabase({ directory });
  await database.close();
  project.provide('dataTemplate', directory);
  return () => rm(folder, { recursive: true, force: true });
}
