/** What it was measured on. */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { findPostgresBinaries } from '@kith/tools/services/binaries.ts';
import type { Machine } from './report.ts';

export const machine = (database: 'postgres' | 'embedded'): Machine => ({
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  postgres: database === 'postgres' ? postgresVersion() : 'PGlite (in the server)',
});

function postgresVersion(): string {
  const folder = findPostgresBinaries();
  if (!folder) return 'no PostgreSQL';
  const version = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  return `PostgreSQL ${/\d+(\.\d+)*/.exec(version)?.[0] ?? ''}, fsync on`;
}
