import { expect, it } from 'vitest';
import { addUp, placeOf } from './profile.ts';

it('knows rooms, packages and the runtime apart', () => {
  expect(placeOf('file:///x/packages/server/src/log/append.ts', 'drain')).toBe('server log');
  expect(placeOf('file:///x/packages/server/src/service.ts', 'a')).toBe('server service');
  expect(placeOf('file:///x/packages/protocol/src/ids.ts', 'isId')).toBe('protocol');
  expect(placeOf('file:///x/node_modules/ws/lib/receiver.js', 'read')).toBe('ws');
  expect(placeOf('file:///x/node_modules/@a/b/c.js', 'read')).toBe('@a/b');
  expect(placeOf('node:net', 'write')).toBe('node');
  expect(placeOf('', '(garbage collector)')).toBe('garbage collector');
});

it('adds up self time and leaves idle time out', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 0 });
  const { places } = addUp({
    nodes: [
      { id: 1, callFrame: frame('(idle)', '') },
      { id: 2, callFrame: frame('a', 'file:///x/node_modules/ws/a.js') },
      { id: 3, callFrame: frame('b', 'file:///x/node_modules/pg/b.js') },
    ],
    samples: [1, 2, 3, 3],
    timeDeltas: [1000, 10, 20, 10],
  });
  expect(places).toEqual([
    { name: 'pg', share: 0.75 },
    { name: 'ws', share: 0.25 },
  ]);
});
