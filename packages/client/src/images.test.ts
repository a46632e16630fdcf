import { afterAll, afterEach, expect, test } from 'vitest';
import type { Core } from './core.ts';
import { Images } from './images.ts';
import { Scheduler } from './reactive.ts';
import { VirtualClock } from './testing/virtualClock.ts';

const made: string[] = [];
const original = { create: URL.createObjectURL, revoke: URL.revokeObjectURL };
const revoked: string[] = [];
URL.createObjectURL = () => {
  made.push(`blob:${made.length}`);
  return made.at(-1) ?? '';
};
URL.revokeObjectURL = (url) => void revoked.push(url);
afterEach(() => {
  made.length = 0;
  revoked.length = 0;
});

afterAll(() => {
  Object.assign(URL, { createObjectURL: original.create, revokeObjectURL: original.revoke });
});

function world(token?: string) {
  const clock = new VirtualClock();
  const asked: (readonly [string, string | null, string | undefined])[] = [];
  const state = { fails: false };
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push([String(url), new Headers(init?.headers).get('authorization'), init?.credentials]);
    return state.fails ? new Response(null, { status: 503 }) : new Response('bytes');
  };
  const warned: string[] = [];
  // What of it is used here.
  const core = {
    options: { url: 'http://test', fetch, ...(token !== undefined && { token }) },
    scheduler: new Scheduler(),
    clock,
    warn: (message: string) => void warned.push(message),
  } as unknown as Core;
  return { images: new Images(core), asked, clock, state, warned };
}
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

test('with a cookie an image is drawn from the server itself', () => {
  const { images, asked } = world();
  expect(images.of('one').get()).toBe('http://test/v1/blobs/one');
  expect(asked).toEqual([]);
});

test('with a token it is fetched once, by the header alone, and let go with its person', async () => {
  const { images, asked } = world('t.s');
  expect([images.of('one').get(), images.of('one').get()]).toEqual([undefined, undefined]);
  await settled();
  expect(images.of('one').get()).toBe('blob:0');
  expect(asked).toEqual([['http://test/v1/blobs/one', 'Bearer t.s', 'omit']]);
  images.clear();
  expect(revoked).toEqual(['blob:0']);
});

test('what did not come is asked for again, not at once', async () => {
  const { images, asked, clock, state, warned } = world('t.s');
  state.fails = true;
  images.of('one');
  await settled();
  images.of('one');
  expect([asked.length, warned.length]).toEqual([1, 1]);
  state.fails = false;
  await clock.pass(60_000);
  images.of('one');
  await settled();
  expect(images.of('one').get()).toBe('blob:0');
});

test('so many are kept; those that are drawn stay', async () => {
  const { images } = world('t.s');
  const stop = images.of('drawn').subscribe(() => undefined);
  images.of('first');
  await settled();
  for (let n = 0; n < 299; n += 1) images.of(`more-${n}`);
  expect(revoked).toEqual(['blob:1']);
  await settled();
  expect(images.of('drawn').get()).toBe('blob:0');
  stop();
});
