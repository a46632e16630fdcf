/** A stylesheet that nothing imports is not there: what it dresses stands naked, and no type says so. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('.', import.meta.url));

it('every stylesheet is imported', () => {
  const imported = new Set(
    globSync('**/*.{ts,tsx,css}', { cwd: root }).flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/import\s+['"](\.[^'"]+\.css)['"]/g)].map(
        ([, file = '']) => join(dirname(path), file),
      ),
    ),
  );
  const sheets = globSync('**/*.css', { cwd: root });
  expect(sheets.length).toBeGreaterThan(10);
  expect(sheets.filter((path) => !imported.has(path))).toEqual([]);
});
