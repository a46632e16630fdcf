/**
 * How much a browser must fetch and read before the web app shows its first frame: the entry script and
 * everything it imports statically, as Vite's manifest of the last build tells. What is loaded later, on
 * demand, does not count; moving something there is the usual cure when this check fails.
 */
import { readFileSync } from 'node:fs';

const dist = 'apps/web/dist';

/** @returns {Record<string, { file: string, isEntry?: boolean, imports?: string[], css?: string[] }>} */
function readManifest() {
  try {
    return JSON.parse(readFileSync(`${dist}/.vite/manifest.json`, 'utf8'));
  } catch {
    throw new Error(
      `${dist}/.vite/manifest.json is missing: run "npm run build" first (Vite: build.manifest)`,
    );
  }
}

const manifest = readManifest();
const initial = new Set();

const visit = (/** @type {string} */ key) => {
  const chunk = manifest[key];
  if (!chunk || initial.has(chunk.file)) return;
  initial.add(chunk.file);
  for (const imported of chunk.imports ?? []) visit(imported);
};
for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(key);

const scripts = [...initial].filter((file) => file.endsWith('.js')).map((file) => `${dist}/${file}`);
if (scripts.length === 0) throw new Error("Vite's manifest names no entry script");

export default [{ name: 'web app: initial script', path: scripts, limit: '170 kB', gzip: true }];
