/**
 * `npm test`: sets up, then hands over to steps.ts in a Node that runs TypeScript.
 *
 *     npm test                       all steps
 *     npm test -- unit e2e           only these (npm test -- --help names them)
 *     npm test -- unit messages      one step, with arguments of its own: tests whose path has "messages"
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, ensureNode, environmentWith, root, runMain } from './setup.mjs';

await runMain(async () => {
  await ensureDependencies();
  const node = await ensureNode();
  const args = [
    '--disable-warning=ExperimentalWarning',
    join(root, 'tools/steps.ts'),
    ...process.argv.slice(2),
  ];
  const steps = spawn(node, args, { cwd: root, stdio: 'inherit', env: environmentWith(node) });
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => steps.kill(signal));
  }
  steps.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
});
