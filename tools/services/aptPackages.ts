/**
 * Programs that npm cannot bring, from Debian's packages. On a Debian where we are root, which is what a build machine is,
 * they are installed; anyone's own machine is theirs to decide about.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect } from './processes.ts';

const APT = 'apt-get';
const APT_MS = 10 * 60_000;
const POLICY = '/usr/sbin/policy-rc.d';
const MARK = '# kith, run ';
/** As long as another run may take. */
const WAIT_MS = 2 * APT_MS;

/** What could not be installed is said, and stays missing. */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  say(`Installing ${names.join(', ')} (once)…`);
  let allowServices = (): void => undefined;
  try {
    allowServices = await forbidServices();
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
      // Another apt may be at work, as on a machine that has just started: wait for it a while.
      const apt = spawn(APT, ['-o', 'DPkg::Lock::Timeout=180', '-q', ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        timeout: APT_MS,
        killSignal: 'SIGKILL',
      });
      const { code, output } = await collect(apt);
      if (code !== 0)
        say(`apt-get ${args[0]} failed (${code ?? 'timed out'}):\n${output.trimEnd().slice(-2_000)}`);
    }
  } catch (error) {
    say(`Not installed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    allowServices();
  }
}

/**
 * Debian starts a service when it is installed, unless this file says no: a test needs the program, not a server on
 * somebody's port 80. A file that is there already is somebody's and says what they want, unless a run of ours made it:
 * then its run is waited for, or, if it was killed, cleared up after.
 */
async function forbidServices(): Promise<() => void> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    try {
      writeFileSync(POLICY, `#!/bin/sh\n${MARK}${process.pid}\nexit 101\n`, { mode: 0o755, flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const pid = runThatMadeIt();
    if (pid === null) return () => undefined;
    if (!isAlive(pid)) rmSync(POLICY, { force: true });
    else if (Date.now() > until) throw new Error('another run has been installing for too long');
    else await sleep(500);
  }
  const allow = (): void => {
    process.off('exit', allow);
    rmSync(POLICY, { force: true });
  };
  process.on('exit', allow);
  return allow;
}

/** Null: the file is somebody else's. */
function runThatMadeIt(): number | null {
  const text = existsSync(POLICY) ? readFileSync(POLICY, 'utf8') : '';
  const [, pid] = new RegExp(`^${MARK}(\\d+)$`, 'm').exec(text) ?? [];
  return pid === undefined ? null : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
