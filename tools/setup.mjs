/**
 * What must be there before anything else can run: the dependencies of the lockfile, a Node that runs
 * TypeScript itself, and the built web app. Every function looks first and is quick when there is
 * nothing to do, so that each start may call them all.
 *
 * Plain JavaScript on built-in modules only, and nothing newer than Node 18: this file runs on whatever
 * Node the user happens to have, before the dependencies are there.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const webDist = join(root, 'apps/web/dist');

const modules = join(root, 'node_modules');
/** Inside node_modules, so that whoever deletes that folder also deletes our belief that it is complete. */
const dependenciesStamp = join(modules, '.kith', 'lockfile.sha256');
const windows = process.platform === 'win32';

/** The first Node that runs TypeScript without a flag, and the line we fetch when the user's is older. */
const MINIMUM_NODE = [22, 18];
const WANTED_NODE = '24';
/** Outside of it: installing the dependencies anew empties that folder, and this Node is the one that does it. */
const nodeHome = join(root, '.kith', `node-${WANTED_NODE}`);

/** Trouble that the user can do something about: its message is shown as it is, without a stack. */
export class SetupError extends Error {}

/** One line for a person; on stderr, so that stdout carries only what the started program says. */
export const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);

/**
 * Runs a command to its end, quietly; when it fails or takes too long, throws with what it printed.
 * @param {string} what  named in the error
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, minutes?: number, shell?: boolean }} [options]
 * @returns {Promise<string>} what it printed
 */
export function run(
  what,
  command,
  args,
  { cwd = root, env = process.env, minutes = 10, shell = false } = {},
) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: minutes * 60_000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new SetupError(`${what}: cannot run ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      // The cause tends to stand first, the summary last.
      const lines = output.trimEnd().split('\n');
      const told = lines.length > 60 ? [...lines.slice(0, 20), '…', ...lines.slice(-40)] : lines;
      const how = signal ? `was stopped (${signal}; it has ${minutes} minutes)` : `failed with code ${code}`;
      reject(new SetupError(`${what} ${how}:\n${told.join('\n')}`));
    });
  });
}

/**
 * npm, as the one that started us if one did: another npm on the PATH may be of another version.
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand() {
  const script = process.env.npm_execpath;
  // A Node of ours that lay in node_modules may be gone with them.
  return script && basename(script) === 'npm-cli.js' && existsSync(process.execPath)
    ? { command: process.execPath, args: [script], shell: false }
    : { command: 'npm', args: [], shell: windows };
}

/** @param {string} what @param {string[]} args */
function npm(what, args) {
  const { command, args: first, shell } = npmCommand();
  return run(what, command, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], { shell });
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param {...(string | Buffer)} parts */
function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/**
 * Whether node_modules already holds what the lockfile asks for, by npm's own note of what it installed.
 * It spares whoever ran `npm install` by hand the reinstallation of everything.
 * @param {string} lockfile
 */
function installedAsLocked(lockfile) {
  const note = readIfThere(join(modules, '.package-lock.json'));
  if (!note) return false;
  try {
    const wanted = JSON.parse(lockfile).packages;
    const found = JSON.parse(note).packages;
    return Object.entries(wanted).every(([path, entry]) => {
      if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
      // Optional packages are mostly binaries for other platforms.
      if (!found[path]) return entry.optional === true || entry.devOptional === true;
      return found[path].version === entry.version && found[path].integrity === entry.integrity;
    });
  } catch {
    return false;
  }
}

/** Installs the dependencies of the lockfile, unless they are there. */
export async function ensureDependencies() {
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const wanted = sha256(lockfile);
  if (readIfThere(dependenciesStamp) === wanted) return;
  if (!installedAsLocked(lockfile)) {
    const before = Date.now();
    say('Installing dependencies (once)…');
    // No package of ours needs an install script; not running any keeps a poisoned one harmless here.
    // Development dependencies are needed to build the web app, even under NODE_ENV=production.
    const flags = ['--include=dev', '--ignore-scripts'];
    try {
      await npm('npm ci', ['ci', ...flags]);
    } catch (error) {
      // npm also refuses a lockfile made where a binary of some other platform was not to be had, which
      // is no reason not to start here: what the lockfile does say still holds.
      if (!(error instanceof SetupError) || !error.message.includes('EUSAGE')) throw error;
      say(
        'The lockfile is not complete for this machine: installing what it says, and the rest as declared…',
      );
      await npm('npm install', ['install', '--no-save', ...flags]);
    }
    say(`Dependencies installed in ${seconds(before)}.`);
  }
  mkdirSync(dirname(dependenciesStamp), { recursive: true });
  writeFileSync(dependenciesStamp, wanted);
}

/** @param {string} version such as 22.18.0 */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * A Node that runs TypeScript itself: this one, or one from the npm registry, put where npm scripts find
 * it first (node_modules/.bin). To be called after ensureDependencies, which may empty node_modules.
 * @returns {Promise<string>} path of its executable
 */
export async function ensureNode() {
  if (isNewEnough(process.versions.node) && !isOurs(process.execPath)) return process.execPath;

  // The `node` package is only an installer that fetches the package of the platform by a script. We ask
  // for that one ourselves: then no install script is needed.
  const system = windows ? 'win' : process.platform;
  const prefix = system === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${system}-${process.arch}`;
  const inside = join('node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  const node = join(nodeHome, inside);

  if (!existsSync(node)) {
    const before = Date.now();
    say(
      `Fetching Node ${WANTED_NODE} (once): this one is ${process.version}, Kith needs ${MINIMUM_NODE.join('.')}…`,
    );
    // Beside, then put in its place when it is whole and runs: this one may be ended, and another may be doing the same.
    const fresh = `${nodeHome}.${process.pid}`;
    try {
      mkdirSync(fresh, { recursive: true });
      writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
      const what = [`${name}@${WANTED_NODE}`, '--prefix', fresh, '--no-save', '--no-package-lock'];
      await npm(`npm install ${name}`, ['install', ...what, '--ignore-scripts', '--workspaces=false']);
      // A Linux with another libc can fetch it and still not run it.
      await run('Node', join(fresh, inside), ['--version'], { minutes: 1 });
      if (!existsSync(node)) renameSync(fresh, nodeHome);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SetupError(
        `Kith needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.version}, and fetching a newer one ` +
          `did not work. Please install a current Node from https://nodejs.org and try again.\n\n${reason}`,
      );
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    say(`Node fetched in ${seconds(before)}.`);
  }
  if (!windows) pointTo(join(modules, '.bin', 'node'), node);
  return node;
}

/**
 * A Node that we fetched: here, or where earlier versions of this file put it, which installing the dependencies empties.
 * @param {string} executable
 */
const isOurs = (executable) => [join(root, '.kith'), modules].some((folder) => executable.startsWith(folder));

/**
 * A symbolic link, made or mended.
 * @param {string} link
 * @param {string} target
 */
export function pointTo(link, target) {
  const wanted = relative(dirname(link), target);
  try {
    if (readlinkSync(link) === wanted) return;
  } catch {
    // There is none, or something that is no link.
  }
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(wanted, link);
}

/**
 * The environment in which `node` and the tools of node_modules/.bin are found first.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentWith(node) {
  const path = [join(modules, '.bin'), dirname(node), process.env.PATH ?? ''].join(delimiter);
  // What Node makes of our TypeScript is kept: a server starts in two thirds of the time, and tests start hundreds.
  return { NODE_COMPILE_CACHE: join(modules, '.cache/node'), ...process.env, PATH: path };
}

/**
 * @param {string} folder
 * @returns {Generator<string>} its files, in a steady order
 */
function* filesIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (['node_modules', 'dist', '.dist-new', '.dist-old'].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (!/\.test\.tsx?$/.test(entry.name)) yield path;
  }
}

/** By content, not by time: a branch switched there and back needs no build. */
function hashOfWebSources() {
  const parts = [readIfThere(join(root, 'package-lock.json')), readIfThere(join(root, 'tsconfig.base.json'))];
  for (const folder of ['apps/web', 'packages/client', 'packages/protocol']) {
    for (const path of filesIn(join(root, folder)))
      parts.push(relative(root, path), readFileSync(path, 'latin1'));
  }
  return sha256(...parts);
}

/**
 * Builds the web app, unless its sources are those of the last build.
 * @param {string} node
 * @param {{ force?: boolean }} [options]
 */
export async function ensureWebApp(node, { force = false } = {}) {
  if (!existsSync(join(root, 'apps/web/index.html'))) {
    say('There is no web app to build yet.');
    return;
  }
  const stamp = '.sources.sha256';
  const wanted = hashOfWebSources();
  if (!force && readIfThere(join(webDist, stamp)) === wanted) return;
  const before = Date.now();
  say('Building the web app…');
  const vite = ['apps/web/node_modules', 'node_modules']
    .map((folder) => join(root, folder, 'vite/bin/vite.js'))
    .find((path) => existsSync(path));
  if (!vite) throw new SetupError('Vite is not installed: npm ci');
  // Beside, then exchanged: a server that runs meanwhile serves the old app whole, also when the build fails.
  const fresh = join(root, 'apps/web/.dist-new');
  await run('vite build', node, [vite, 'build', '--outDir', fresh, '--emptyOutDir'], {
    cwd: join(root, 'apps/web'),
    env: environmentWith(node),
  });
  writeFileSync(join(fresh, stamp), wanted);
  exchange(fresh, webDist, join(root, 'apps/web/.dist-old'));
  say(`Web app built in ${seconds(before)}.`);
}

/**
 * Puts one folder in the place of another; when that fails, the other one is still there. All three are on one file
 * system, for a folder cannot be renamed to another one.
 * @param {string} fresh
 * @param {string} place
 * @param {string} old  where what was there waits meanwhile
 */
export function exchange(fresh, place, old) {
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  try {
    renameSync(fresh, place);
  } catch (error) {
    if (existsSync(old)) renameSync(old, place);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** @param {number} since */
export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Runs a tool's main function; a SetupError ends it with its message alone.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = 1;
  }
}
