/** Real files through the real preparation (documents: pictures need a browser), and a client that only tells its limits. */
import type { KithClient, OutgoingFile } from '@kith/client';
import type { UploadLimits } from '@kith/protocol';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { forgetCells } from '../../app/cell.ts';
import { speak } from '../../i18n/index.ts';
import { toasts } from '../../ui/toast.ts';
import { addFiles, removeFiles, sendFiles, setManner, stopSending, trayOf } from './tray.ts';

const limits: UploadLimits = { fileBytes: 100, messageFiles: 20, usedBytes: 0 };
const client = (answer: Promise<UploadLimits> = Promise.resolve(limits)): KithClient =>
  ({ files: { limits: () => answer } }) as unknown as KithClient;
const text = (name: string, bytes = 3): File => new File(['x'.repeat(bytes)], name, { type: 'text/plain' });

const names = (place: string): readonly string[] => trayOf(place).chosen.map(({ source }) => source.name);
const ready = (place: string): Promise<void> =>
  vi.waitFor(() => expect(trayOf(place).chosen.map(({ state }) => state.type)).not.toContain('preparing'));

// Where there is no page to close.
vi.stubGlobal('addEventListener', () => undefined);
vi.stubGlobal('removeEventListener', () => undefined);

beforeAll(() => speak('en'));
afterEach(forgetCells);

it('keeps each place’s own files, prepared, in their order', async () => {
  addFiles(client(), 'c', 'c', [text('a'), text('b')]);
  addFiles(client(), 'c', 'thread', [text('t')]);
  addFiles(client(), 'c', 'c', [text('d')]);
  await ready('c');
  expect([names('c'), names('thread')]).toEqual([['a', 'b', 'd'], ['t']]);
  await vi.waitFor(() => expect(trayOf('c').limits).toEqual(limits));
  const [first] = trayOf('c').chosen;
  expect(first?.state).toMatchObject({
    type: 'ready',
    file: { kind: 'file', mime: 'text/plain', name: 'a' },
  });
});

it('pressing send while they are prepared waits, and then sends all of them once', async () => {
  addFiles(client(), 'c', 'c', [text('a'), text('b')]);
  const sent: string[][] = [];
  sendFiles('c', (files) => sent.push(files.map(({ name }) => name)) > 0);
  expect([sent, trayOf('c').go === undefined]).toEqual([[], false]);
  await vi.waitFor(() => expect(names('c')).toEqual([]));
  expect(sent).toEqual([['a', 'b']]);
});

it('pressed again, it waits no more', async () => {
  addFiles(client(), 'c', 'c', [text('a')]);
  const go = vi.fn(() => true);
  sendFiles('c', go);
  stopSending('c');
  await ready('c');
  expect(go).not.toHaveBeenCalled();
  expect(names('c')).toEqual(['a']);
  sendFiles('c', go);
  expect(go).toHaveBeenCalledOnce();
});

it('what is refused stays', async () => {
  addFiles(client(), 'c', 'c', [text('a')]);
  await ready('c');
  sendFiles('c', () => false);
  expect([names('c'), trayOf('c').go]).toEqual([['a'], undefined]);
});

it('sends nothing while something cannot be sent, and goes on when it is taken out', async () => {
  addFiles(client(), 'c', 'c', [text('a'), text('large', 200)]);
  await ready('c');
  await vi.waitFor(() => expect(trayOf('c').limits).toBeDefined());
  const go = vi.fn((_: readonly OutgoingFile[]) => true);
  sendFiles('c', go);
  expect([go.mock.calls.length, trayOf('c').go]).toEqual([0, undefined]);
  removeFiles('c', [trayOf('c').chosen[1]?.id ?? 0]);
  sendFiles('c', go);
  expect(go.mock.calls[0]?.[0].map(({ name }) => name)).toEqual(['a']);
});

it('is lenient where the server cannot be asked', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  addFiles(client(Promise.reject(new Error('offline'))), 'c', 'c', [text('huge', 5_000)]);
  await ready('c');
  const go = vi.fn(() => true);
  sendFiles('c', go);
  expect(go).toHaveBeenCalledOnce();
  warn.mockRestore();
});

it('tells of what cannot be read, and sends the rest', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const gone = text('gone');
  gone.slice = () => {
    throw new DOMException('gone', 'NotFoundError');
  };
  addFiles(client(), 'c', 'c', [gone, text('b')]);
  const go = vi.fn((_: readonly OutgoingFile[]) => true);
  sendFiles('c', go);
  await vi.waitFor(() => expect(go).toHaveBeenCalledOnce());
  expect(go.mock.calls[0]?.[0].map(({ name }) => name)).toEqual(['b']);
  expect(toasts.get()?.text).toContain('gone');
  warn.mockRestore();
});

it('is prepared anew when they are to go another way', async () => {
  addFiles(client(), 'c', 'c', [text('a')]);
  await ready('c');
  setManner('c', 'file');
  expect(trayOf('c').chosen[0]?.state.type).toBe('preparing');
  await ready('c');
  expect(trayOf('c').manner).toBe('file');
});

it('is bounded, and says so', () => {
  addFiles(
    client(),
    'c',
    'c',
    Array.from({ length: 130 }, (_, i) => text(`${i}`)),
  );
  expect(names('c')).toHaveLength(100);
  expect(toasts.get()?.text).toContain('100');
});

it('goes with the person', async () => {
  addFiles(client(), 'c', 'c', [text('a')]);
  const go = vi.fn(() => true);
  sendFiles('c', go);
  forgetCells();
  addFiles(client(), 'c', 'c', [text('b')]);
  await ready('c');
  expect([names('c'), go.mock.calls.length]).toEqual([['b'], 0]);
});
