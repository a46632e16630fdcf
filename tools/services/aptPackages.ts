/**
 * Programs that npm cannot bring, from Debian's packages. On a Debian where we are root, which is what a build machine is,
 * they are installed; anyone's own machine is theirs to decide about.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { collect } from './processes.ts';

const APT = 'apt-get';
const APT_MS = 10 * 60_000;

/** What could not be installed is said, and stays missing. */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  say(`Installing ${names.join(', ')} (once)…`);
  // Another apt may be at work, as on a machine that has just started: wait for it a while.
  const common = ['-o', 'DPkg::Lock::Timeout=180', '-q'];
  const allowServices = await forbidServices();
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
      const apt = spawn(APT, [...common, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        timeout: APT_MS,
      });
      const { code, output } = await collect(apt);
      if (code !== 0)
        say(`apt-get ${args[0]} failed (${code ?? 'timed out'}):\n${output.trimEnd().slice(-2_000)}`);
    }
  } finally {
    await allowServices();
  }
}

/**
 * Debian starts a service when it is installed, unless this file says no: a test needs the program, not a server on
 * somebody's port 80. A file that is there already is somebody's, and says what they want.
 */
async function forbidServices(): Promise<() => Promise<void>> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return async () => undefined;
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rm(policy, { force: true });
}
