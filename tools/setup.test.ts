import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exchange, pointTo } from './setup.mjs';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kith-setup-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const at = (name: string): string => join(home, name);
const made = (name: string): void => {
  mkdirSync(at(name));
  writeFileSync(join(at(name), 'index.html'), name);
};
const app = (): string => readFileSync(join(at('dist'), 'index.html'), 'utf8');

it('puts what was built in the place of what was there, also of nothing', () => {
  for (const name of ['first', 'second']) {
    made(name);
    exchange(at(name), at('dist'), at('old'));
    expect(app()).toBe(name);
    expect(existsSync(at(name)) || existsSync(at('old'))).toBe(false);
  }
});

it('leaves what was there when that fails', () => {
  made('dist');
  expect(() => exchange(at('missing'), at('dist'), at('old'))).toThrow();
  expect(app()).toBe('dist');
  expect(existsSync(at('old'))).toBe(false);
});

it('makes a link, and mends one that points to where something was before', () => {
  const link = join(at('bin'), 'node');
  for (const target of ['old/node', 'new/node', 'new/node']) {
    pointTo(link, at(target));
    expect(readlinkSync(link)).toBe(join('..', target));
  }
});
