/** Debian's packages of the other systems: which are there. */
import { spawnSync } from 'node:child_process';
import { findNats, findPostgresBinaries } from '@kith/tools/services/binaries.ts';

const QUERY = 'dpkg-query';

/** Its version, or null when it is not installed. */
export function packageVersion(name: string): string | null {
  const query = spawnSync(QUERY, ['--status', name], { encoding: 'utf8', timeout: 10_000 });
  const installed = query.status === 0 && /^Status: install ok installed$/m.test(query.stdout);
  return (installed && /^Version: (.*)$/m.exec(query.stdout)?.[1]) || null;
}

export const missingOf = (names: readonly string[]): string[] =>
  names.filter((name) => !packageVersion(name));

export const missingPostgres = (): string[] => (findPostgresBinaries() ? [] : ['postgresql']);
export const missingNats = (): string[] => (findNats() ? [] : ['nats-server']);
