import { createServer, type Server } from 'node:net';
import { Readable } from 'node:stream';
import type { KithError } from '@kith/protocol';
import { type Clamd, startClamd } from '@kith/tools/services/clamd.ts';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createClamav, type Scan } from './clamav.ts';
import type { Inspected } from './inspector.ts';

let clamd: Clamd;
beforeAll(async () => {
  clamd = await startClamd({ streamBytes: 4 * 1024 * 1024 });
});
afterAll(() => clamd.end());

const fileOf = (bytes: Buffer, signal = new AbortController().signal): Inspected => ({
  size: bytes.length,
  signal,
  read: async (from, to) => Readable.from(bytes.subarray(from, to), { objectMode: false }),
});

const verdict = async (scan: Scan, file: Inspected): Promise<string> => {
  try {
    await scan(file);
    return 'fine';
  } catch (error) {
    const { code, message } = error as KithError;
    return `${code}: ${message}`;
  }
};

const silent = 'unavailable: The scanner does not answer. The file waits for it.';
const infected = () => Buffer.from(clamd.testString, 'latin1');

it.each(['url', 'socketUrl'] as const)(
  'lets pass what is clean, and says what it found (%s)',
  async (way) => {
    const scan = createClamav(clamd[way]);
    expect(await verdict(scan, fileOf(Buffer.from('hello')))).toBe('fine');
    expect(await verdict(scan, fileOf(Buffer.alloc(0)))).toBe('fine');
    expect(await verdict(scan, fileOf(infected()))).toBe(
      `file_refused: The scanner found something in this file: ${clamd.signature}.`,
    );
  },
);

it('sends all of it: what lies at the end of three megabytes is found, too', async () => {
  const scan = createClamav(clamd.url);
  const long = Buffer.concat([Buffer.alloc(3_000_000, 'All work and no play. '), infected()]);
  expect(await verdict(scan, fileOf(long))).toContain('file_refused: The scanner found');
  expect(await verdict(scan, fileOf(long.subarray(0, 3_000_000)))).toBe('fine');
});

it('many at once, each gets its own answer', async () => {
  const scan = createClamav(clamd.url);
  const files = Array.from({ length: 12 }, (_, i) =>
    fileOf(i % 3 === 0 ? infected() : Buffer.from(`file ${i}`)),
  );
  const verdicts = await Promise.all(files.map((file) => verdict(scan, file)));
  expect(verdicts.map((said) => said !== 'fine')).toEqual(files.map((_, i) => i % 3 === 0));
});

it('what is larger than the scanner takes is refused, not held for ever', async () => {
  const scan = createClamav(clamd.url);
  for (const megabytes of [5, 40]) {
    // What it says of it may be lost when it hangs up.
    expect(await verdict(scan, fileOf(Buffer.alloc(megabytes * 1024 * 1024, 'x')))).toMatch(
      /^file_refused: (The file is larger than the scanner takes|The scanner does not take this file)\.$/,
    );
  }
});

it('while the scanner is away the file is held; when it is back, judged', async () => {
  const scan = createClamav(clamd.url);
  await clamd.stop();
  expect(await verdict(scan, fileOf(infected()))).toBe(silent);
  expect(await verdict(createClamav('unix:/nowhere/at/all'), fileOf(infected()))).toBe(silent);
  await clamd.start();
  expect(await verdict(scan, fileOf(infected()))).toContain('file_refused');
});

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
  server = undefined;
});
const pretend = async (answer: string | null): Promise<string> => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    if (answer !== null) socket.end(answer);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `tcp://127.0.0.1:${address.port}`;
};

it.each([
  ['nothing at all', null],
  ['an error', 'INSTREAM: Cannot open file. ERROR\0'],
  ['half an answer', 'stream: OK'],
  ['too much', 'x'.repeat(100_000)],
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n\0'],
])('a scanner that says %s has not said that the file is clean', async (_, answer) => {
  const scan = createClamav(await pretend(answer), { idleMs: 300 });
  expect(await verdict(scan, fileOf(Buffer.from('hello')))).toBe(silent);
});

it('stops when the service does, and passes on what is wrong with the file itself', async () => {
  const stop = new AbortController();
  const scan = createClamav(await pretend(null));
  const held = scan(fileOf(Buffer.from('hello'), stop.signal));
  stop.abort(new Error('the service stops'));
  await expect(held).rejects.toThrow('the service stops');
  const broken: Inspected = {
    ...fileOf(Buffer.from('hello')),
    read: async () =>
      new Readable({
        read() {
          this.destroy(new Error('the disk is gone'));
        },
      }),
  };
  await expect(createClamav(clamd.url)(broken)).rejects.toThrow('the disk is gone');
});

it('an address that is none is said at once', () => {
  for (const address of ['', 'localhost:3310', 'http://localhost:3310', 'tcp://localhost', 'unix:relative']) {
    expect(() => createClamav(address), address).toThrow(/tcp:\/\/host:port or unix:\/path/);
  }
});
