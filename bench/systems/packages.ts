/** Debian's packages of the other systems: which are there, and how the missing ones come. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { findNats, findPostgresBinaries } from '@kith/tools/services/binaries.ts';
import { collect } from '@kith/tools/services/processes.ts';

const [APT, QUERY] = ['apt-get', 'dpkg-query'];
const APT_MS = 10 * 60_000;

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

/**
 * Installs them on a Debian where we are root, which is what a build machine is; anyone else's machine is theirs to
 * decide about. What could not be installed stays missing.
 */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  say(`Installing ${names.join(', ')} (once)`);
  // Another apt may be at work, as on a machine that has just started: wait for it a while.
  const common = ['-o', 'DPkg::Lock::Timeout=180', '-q'];
  const allowServices = await forbidServices();
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
      const { code, output } = await collect(
        spawn(APT, [...common, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
          timeout: APT_MS,
        }),
      );
      if (code !== 0)
        say(`apt-get ${args[0]} failed (${code ?? 'timed out'}):\n${output.trimEnd().slice(-2_000)}`);
    }
  } finally {
    await allowServices();
  }
}

/**
 * Debian starts a service when it is installed, unless this file says no. One that is there already is somebody's, and
 * says what they want.
 */
async function forbidServices(): Promise<() => Promise<void>> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return async () => undefined;
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rm(policy, { force: true });
}
