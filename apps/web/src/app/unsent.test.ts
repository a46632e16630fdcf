import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { toasts } from '../ui/toast.ts';

let kept: Map<string, string>;
let copied: string[];

beforeEach(() => {
  kept = new Map();
  copied = [];
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } });
});
afterEach(() => vi.unstubAllGlobals());

/** A page that opens on what the browser keeps. */
async function page(): Promise<
  typeof import('./unsent.ts') & { readonly notice: () => ReturnType<typeof toasts.get> }
> {
  vi.resetModules();
  await (await import('../i18n/index.ts')).speak('en');
  const { toasts } = await import('../ui/toast.ts');
  return { ...(await import('./unsent.ts')), notice: toasts.get };
}

it('offers what could not be sent once, also when the next page is told of it again', async () => {
  const first = await page();
  first.handleUnsent(
    new Map([
      ['1', 'Half a poem'],
      ['2', 'and its other half'],
    ]),
  );
  const second = await page();
  second.handleUnsent(
    new Map([
      ['1', 'Half a poem'],
      ['2', 'and its other half'],
      ['3', 'and its end'],
    ]),
  );
  expect(second.notice()?.text).toMatch(/^3 messages not sent/);
  second.notice()?.action?.run();
  await vi.waitFor(() => expect(kept).toEqual(new Map()));
  expect(copied).toEqual(['Half a poem\n\nand its other half\n\nand its end']);
});

it.each([
  ['as it was left', '{"1":"Half a poem"}', 'Half a poem'],
  ['what is no text apart', '{"1":"Half a poem","2":3,"3":null}', 'Half a poem'],
  ['nothing', 'null', undefined],
  ['nothing of what cannot be read', '{', undefined],
])('offers what an earlier page could not show: %s', async (_, left, offered) => {
  const first = await page();
  first.handleUnsent(new Map([['1', 'x']]));
  for (const [key] of kept) kept.set(key, left);
  const second = await page();
  second.offerUnsent();
  if (offered === undefined) expect(second.notice()).toBeNull();
  else expect(second.notice()?.text).toMatch(new RegExp(`^Not sent, .*${offered}”?$`, 's'));
});
