/**
 * `npm start`: sets up whatever is missing, then becomes the server. All arguments are the server's
 * (`npm start -- --help`).
 *
 * The npm script says `exec node …` because npm passes signals to its shell only, and Debian's shell dies
 * of them without a word to its child: the server would run on, unseen. (Windows has no `exec`: there,
 * `node tools/start.mjs` does the same.)
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { serverEnvironment, serverFlags } from './serverFlags.mjs';
import { ensureDependencies, ensureNode, ensureWebApp, root, runMain } from './setup.mjs';

const args = process.argv.slice(2);
const wantsHelp = args.includes('--help') || args.includes('-h');

/** @param {string} node */
function startServer(node) {
  // Node 22 still warns that running TypeScript is experimental.
  const command = [
    '--disable-warning=ExperimentalWarning',
    ...serverFlags,
    join(root, 'packages/server/src/main.ts'),
    ...args,
  ];
  const environment = { ...serverEnvironment, ...process.env };
  // Where Node can, this process turns into the server: no go-between to lose a signal or an exit code.
  // Ctrl-C still arrives twice, from the terminal and from npm; the server must not mind.
  if (process.execve && process.platform !== 'win32') process.execve(node, [node, ...command], environment);
  else startAsChild(node, command, environment);
}

/**
 * On an older Node, and on Windows.
 * @param {string} node
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
function startAsChild(node, command, env) {
  const server = spawn(node, command, { stdio: 'inherit', env });
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // In a terminal Ctrl-C reaches the server by itself.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) server.kill(signal);
    });
  }
  server.on('error', (error) => {
    process.stderr.write(`The server could not be started: ${error.message}\n`);
    process.exit(1);
  });
  server.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

await runMain(async () => {
  await ensureDependencies();
  const node = await ensureNode();
  if (!wantsHelp) await ensureWebApp(node);
  startServer(node);
});
