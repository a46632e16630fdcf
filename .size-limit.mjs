/**
 * How much script a browser must fetch and read before the web app shows its first frame: what the page of the last build
 * names. What is loaded later, on demand, does not count; moving something there is the usual cure when this check fails. What is
 * large there has a line of its own.
 */
import { readFileSync } from 'node:fs';

const dist = 'apps/web/dist';

function readPage() {
  try {
    return readFileSync(`${dist}/index.html`, 'utf8');
  } catch {
    throw new Error(`${dist}/index.html is missing: run "npm run build" first`);
  }
}

const scripts = [...readPage().matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(
  ([, file]) => `${dist}/${file}`,
);
if (scripts.length === 0) throw new Error('The page names no script');

export default [
  { name: 'web app: initial script', path: scripts, limit: '170 kB', gzip: true },
  // Fetched by whoever chooses a password: most of it is the list of those that are tried first.
  { name: 'web app: judge of passwords', path: `${dist}/assets/zxcvbn-*.js`, limit: '240 kB', gzip: true },
];
