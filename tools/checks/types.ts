/**
 * `npm run types`: every package under its own tsconfig.json, all of them, so that one error does not
 * hide those of the next package.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const projects = globSync(['packages/*/tsconfig.json', 'apps/*/tsconfig.json', '*/tsconfig.json'], {
  cwd: root,
});

let failed = 0;
for (const project of projects.sort()) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', project, '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 300_000,
  });
  const output = `${stdout}${stderr}`;
  // TS18003: a package that has no file yet.
  if (status === 0 || output.includes('error TS18003')) continue;
  failed += 1;
  process.stdout.write(`${project}\n${output}\n`);
}
if (failed === 0) process.stdout.write(`${projects.length} projects: no type errors.\n`);
process.exitCode = failed === 0 ? 0 : 1;
