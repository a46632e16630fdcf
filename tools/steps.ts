/**
 * The steps of `npm test`, in order, each with its time. All of them run even when one fails, so that one
 * run tells everything. The last line is always "N passed, N failed", counting steps.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { installPackages } from './services/aptPackages.ts';
import { type Program, programs } from './services/binaries.ts';
import { ensureWebApp, npmCommand, root, say } from './setup.mjs';

interface Step {
  name: string;
  /** What it finds out, for the table. */
  about: string;
  /** Work of this process, or the npm script to run. */
  work: { script: string } | { call: () => Promise<void> };
  /** It is ended as hung after this time. */
  minutes: number;
  needs?: readonly Program[];
  /** Does without them, and is quicker with them. */
  likes?: readonly Program[];
  /** Runs only when it is named. */
  onRequest?: boolean;
}

const steps: Step[] = [
  { name: 'types', about: 'TypeScript, every package', work: { script: 'types' }, minutes: 5 },
  { name: 'lint', about: 'Biome: rules and format', work: { script: 'lint' }, minutes: 3 },
  { name: 'arch', about: 'the import law', work: { script: 'arch' }, minutes: 3 },
  { name: 'unused', about: 'files, exports, dependencies', work: { script: 'unused' }, minutes: 3 },
  {
    name: 'unit',
    about: 'unit and integration tests',
    work: { script: 'unit' },
    minutes: 15,
    needs: ['postgres', 'nats', 'ffmpeg', 'heif', 'clamav'],
  },
  { name: 'build', about: 'the web app', work: { call: () => ensureWebApp(process.execPath) }, minutes: 5 },
  { name: 'size', about: 'weight of the first script', work: { script: 'size' }, minutes: 2 },
  {
    name: 'e2e',
    about: 'journeys in Chromium, nodes that die',
    work: { script: 'e2e' },
    minutes: 17,
    needs: ['chromium', 'postgres', 'nats', 'nginx', 'ffmpeg'],
    likes: ['chromiumShell'],
  },
  {
    // Part of `unit` and `e2e`; alone, with the table of what was tried and what it got: npm run test:security.
    name: 'security',
    about: 'the attack suite',
    work: { script: 'security:run' },
    minutes: 10,
    needs: ['chromium', 'postgres'],
    likes: ['chromiumShell'],
    onRequest: true,
  },
  {
    name: 'soak',
    about: 'an hour of troubles, thousands of seeds',
    work: { script: 'soak:run' },
    minutes: 240,
    needs: ['postgres', 'nats'],
    onRequest: true,
  },
];

type Outcome = 'passed' | 'FAILED' | 'DID NOT RUN';
interface Result {
  step: Step;
  outcome: Outcome;
  ms: number;
  note?: string;
  /** The end of what it printed, when it failed: there a runner says what did. */
  tail?: string;
}

/** Characters of a failed step that are printed again at the end, where somebody looks first. */
const TAIL = 8_000;

const ci = Boolean(process.env.CI) && process.env.CI !== 'false';
let running: ChildProcess | undefined;

/** The arguments are names of steps; behind a single one, everything else goes to the step itself. */
function choose(args: string[]): { chosen: Step[]; extra: string[] } {
  const named = args.filter((arg) => steps.some((step) => step.name === arg));
  const extra = args.filter((arg) => !named.includes(arg));
  if (args.includes('--help') || (extra.length > 0 && named.length !== 1)) {
    process.stdout.write(`npm test [-- STEP...]\nnpm test -- STEP ARGUMENT...\n\n${list()}\n`);
    process.exit(args.includes('--help') ? 0 : 2);
  }
  const chosen = steps.filter(({ name, onRequest }) =>
    named.length > 0 ? named.includes(name) : onRequest !== true,
  );
  return { chosen, extra };
}

const list = () => steps.map((step) => `  ${step.name.padEnd(8)} ${step.about}`).join('\n');

/** Kills the step's whole process group: Vitest and browsers have children of their own. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Resolves to why it failed, if it did, and the end of what it printed. */
async function runScript(
  script: string,
  extra: string[],
  minutes: number,
): Promise<{ failure: string | undefined; tail: string }> {
  const npm = npmCommand();
  const args = [...npm.args, 'run', '--silent', script, ...(extra.length > 0 ? ['--', ...extra] : [])];
  const child = spawn(npm.command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    // Through a pipe no program sees the terminal.
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
  });
  running = child;
  let tail = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8').on('data', (text: string) => {
      to.write(text);
      tail = (tail + text).slice(-TAIL);
    });
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end(child, 'SIGTERM');
    setTimeout(() => end(child, 'SIGKILL'), 10_000).unref();
  }, minutes * 60_000);
  try {
    const failure = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => {
        const failed = late || code !== 0;
        const failure = late ? `not done after ${minutes} minutes` : `exit ${code ?? signal}`;
        const done = () => resolve(failed ? failure : undefined);
        // With what is in the pipes still; not for ever, should something it started live on and hold them.
        child.once('close', done);
        setTimeout(done, 2_000).unref();
      });
    });
    return { failure, tail };
  } finally {
    clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
    running = undefined;
  }
}

/** What a step cannot run without and how to come by it, when it is missing. */
const missing = ({ needs = [] }: Step): string =>
  needs
    .flatMap((name) => (programs[name].find() ? [] : [`There is no ${name}. ${programs[name].howTo}`]))
    .join('\n');

async function runStep(step: Step, extra: string[]): Promise<Result> {
  const began = Date.now();
  const result = (outcome: Outcome, note?: string): Result => ({
    step,
    outcome,
    ms: Date.now() - began,
    ...(note === undefined ? {} : { note }),
  });
  process.stdout.write(`\n── ${step.name}: ${step.about} ──\n`);
  const lacking = missing(step);
  if (lacking) {
    shout(`"${step.name}" DID NOT RUN. ${lacking}`);
    return result(ci ? 'FAILED' : 'DID NOT RUN', lacking);
  }
  try {
    if ('call' in step.work) {
      await step.work.call();
      return result('passed');
    }
    const { failure, tail } = await runScript(step.work.script, extra, step.minutes);
    return failure === undefined ? result('passed') : { ...result('FAILED', failure), tail };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${message}\n`);
    return result('FAILED', message.split('\n')[0]);
  }
}

function shout(text: string): void {
  const line = '!'.repeat(80);
  process.stdout.write(`${line}\n${text}\n${line}\n`);
}

function report(results: Result[]): void {
  const rows = results.map(({ step, outcome, ms, note }) => {
    const time = `${(ms / 1000).toFixed(1)} s`.padStart(9);
    return `${step.name.padEnd(8)} ${outcome.padEnd(11)} ${time}  ${note ?? step.about}`;
  });
  for (const { step, tail } of results.length > 1 ? results : [])
    if (tail) process.stdout.write(`\n── ${step.name} failed; the end of what it said ──\n${tail}\n`);
  const passed = results.filter(({ outcome }) => outcome === 'passed').length;
  const failed = results.filter(({ outcome }) => outcome === 'FAILED').length;
  process.stdout.write(`\n${rows.join('\n')}\n\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (running) end(running, signal);
    process.exit(130);
  });
}

const { chosen, extra } = choose(process.argv.slice(2));
const packagesOf = (names: readonly Program[]): string[] =>
  [...new Set(names)].flatMap((name) => (programs[name].find() ? [] : programs[name].packages));
await installPackages(packagesOf(chosen.flatMap(({ needs = [] }) => needs)), say);
// Apart: a Debian that has no such package has the others.
await installPackages(packagesOf(chosen.flatMap(({ likes = [] }) => likes)), say);
const results: Result[] = [];
for (const step of chosen) results.push(await runStep(step, extra));
report(results);
