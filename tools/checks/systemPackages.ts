/**
 * PostgreSQL, NATS and Chromium for the tests. On a Debian where we are root, which is what a build machine is,
 * they are installed; on anyone's own machine we only say what is missing, for that is theirs to decide.
 */
import { existsSync } from 'node:fs';
import { type Program, programs } from '../services/binaries.ts';
import { run, SetupError, say, seconds } from '../setup.mjs';

/** Those of them that are missing. Whatever could not be installed stays missing: the steps say so. */
export async function ensureSystemPackages(needed: Iterable<Program>): Promise<void> {
  const packages = [...needed].flatMap((name) => (programs[name].find() ? [] : programs[name].packages));
  if (packages.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;

  const began = Date.now();
  say(`Installing ${packages.join(', ')} for the tests (once)…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt may be at work, as on a machine that has just started: wait for it a while.
  const wait = ['-o', 'DPkg::Lock::Timeout=180', '-q'];
  try {
    await run('apt-get update', 'apt-get', [...wait, 'update'], { env, minutes: 4 });
    const install = [...wait, 'install', '-y', '--no-install-recommends', ...packages];
    await run('apt-get install', 'apt-get', install, { env, minutes: 10 });
    say(`Installed in ${seconds(began)}.`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
  }
}
