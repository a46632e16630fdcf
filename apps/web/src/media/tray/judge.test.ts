import type { OutgoingFile } from '@kith/client';
import { expect, it } from 'vitest';
import { faultsOf } from './judge.ts';
import type { Chosen } from './tray.ts';

let lastId = 0;
function chosen(name: string, type: string, bytes: number, ready?: Partial<OutgoingFile>): Chosen {
  lastId += 1;
  const source = new File([new Uint8Array(bytes)], name, { type });
  const file: OutgoingFile = { data: source, kind: 'file', name, mime: type, ...ready };
  return {
    id: lastId,
    source,
    preview: undefined,
    state: ready ? { type: 'ready', file } : { type: 'preparing' },
  };
}
const limits = { fileBytes: 1_000, messageFiles: 20, usedBytes: 0 };
const blob = (bytes: number): Blob => new Blob([new Uint8Array(bytes)]);

it('finds nothing where nothing is known', () => {
  expect(faultsOf([chosen('a', 'video/mp4', 5_000)], 'standard', undefined)).toEqual([]);
});

it('names what is too large, before it is prepared', () => {
  const [small, large, larger] = [1_000, 1_001, 2_000].map((bytes) => chosen(`${bytes}`, 'video/mp4', bytes));
  if (!small || !large || !larger) throw new Error('not made');
  expect(faultsOf([small, large, larger], 'standard', limits)).toEqual([
    { type: 'size', of: [large, larger], size: 1_001, most: 1_000 },
  ]);
});

it('waits for what a picture comes to, unless it goes as it is', () => {
  const photo = chosen('a', 'image/jpeg', 5_000);
  expect(faultsOf([photo], 'standard', limits)).toEqual([]);
  expect(faultsOf([photo], 'high', limits)).toEqual([]);
  expect(faultsOf([photo], 'original', limits)).toHaveLength(1);
  expect(faultsOf([photo], 'file', limits)).toHaveLength(1);
  expect(faultsOf([chosen('a', 'image/jpeg', 5_000, { data: blob(900) })], 'standard', limits)).toEqual([]);
  expect(
    faultsOf([chosen('a', 'image/jpeg', 5_000, { data: blob(1_100) })], 'standard', limits),
  ).toHaveLength(1);
});

it('counts all together, and what stands for them, against the room that is left', () => {
  const thumbnail = { data: blob(50), mime: 'image/webp', width: 1, height: 1 };
  const files = [chosen('a', 'text/plain', 400), chosen('b', 'image/png', 9, { data: blob(400), thumbnail })];
  const room = (left: number) =>
    faultsOf(files, 'standard', { ...limits, quotaBytes: 5_000, usedBytes: 5_000 - left });
  expect(room(850)).toEqual([]);
  expect(room(849)).toEqual([{ type: 'room', needed: 850, left: 849 }]);
  // More is used than there is, since it was made less.
  expect(room(-9)).toEqual([{ type: 'room', needed: 850, left: 0 }]);
});

it('does not count what cannot go anyway', () => {
  const files = [chosen('a', 'text/plain', 400), chosen('b', 'text/plain', 2_000)];
  const faults = faultsOf(files, 'standard', { ...limits, quotaBytes: 500 });
  expect(faults.map(({ type }) => type)).toEqual(['size']);
});

it('takes whole kinds, or some of them', () => {
  const files = ['image/png', 'video/mp4', 'application/pdf', ''].map((type) => chosen(type, type, 1));
  const refused = (types: string[]) =>
    faultsOf(files, 'file', { ...limits, types }).flatMap((fault) =>
      fault.type === 'kind' ? fault.of.map(({ source }) => source.name) : [],
    );
  expect(refused(['image', 'application/pdf'])).toEqual(['video/mp4']);
  expect(refused(['image/', 'video/*'])).toEqual(['application/pdf']);
  expect(refused(['image/pn'])).toEqual(['image/png', 'video/mp4', 'application/pdf']);
});
