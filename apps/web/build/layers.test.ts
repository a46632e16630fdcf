import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { layerOrder } from './layers.ts';

it('finds the order of the layers, and misses it', () => {
  const tokens = readFileSync(new URL('../src/theme/tokens.css', import.meta.url), 'utf8');
  expect(layerOrder(tokens)).toBe('@layer kith.reset, kith.tokens, kith.base, kith.ui, kith.app;');
  expect(() => layerOrder('@layer kith.app { a { color: red } }')).toThrow('does not name the layers');
});
