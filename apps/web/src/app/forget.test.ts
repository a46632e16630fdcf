import { afterEach, expect, it, vi } from 'vitest';

/** As a browser has it: names are properties. */
class FakeStorage {
  getItem(key: string): string | null {
    return (this as unknown as Record<string, string>)[key] ?? null;
  }
  setItem(key: string, value: string): void {
    (this as unknown as Record<string, string>)[key] = value;
  }
  removeItem(key: string): void {
    delete (this as unknown as Record<string, string>)[key];
  }
  key(at: number): string | null {
    return Object.keys(this)[at] ?? null;
  }
  get length(): number {
    return Object.keys(this).length;
  }
}

afterEach(() => vi.unstubAllGlobals());

it('of whoever leaves neither words nor habits stay; what is the device’s does', async () => {
  const [local, session] = [new FakeStorage(), new FakeStorage()];
  const kept = { 'kith.user': 'ada', 'kith.theme': 'dark', 'kith.sounds': 'off', other: 'somebody else’s' };
  for (const [key, value] of Object.entries(kept)) local.setItem(key, value);
  vi.stubGlobal('localStorage', local);
  vi.stubGlobal('sessionStorage', session);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('location', new URL('https://kith.example/'));
  vi.stubGlobal('history', { state: null, replaceState: () => undefined });
  vi.stubGlobal('document', { dir: 'ltr', documentElement: {} });
  const { forgetPerson } = await import('./forget.ts');
  const { launch, shared } = await import('./launch.ts');
  const { setDraft, getDraft } = await import('../composer/drafts.ts');
  const { getIntent, isEditing, setIntent } = await import('../composer/intent.ts');
  const { rememberEmoji } = await import('../emoji/recents.ts');
  const { rememberSticker } = await import('../stickers/recents.ts');
  const { chooseFolder } = await import('../folders/chosen.ts');
  const { selectionOf, toggleSelected } = await import('../message/selection.ts');

  launch(new URL('https://kith.example/share?text=from+another+app&files=2'));
  expect(shared()).toEqual({ text: 'from another app', files: 2 });
  setDraft('here', { text: 'what Ada thinks', mentions: [] });
  setIntent('here', { type: 'edit', messageId: 'one' });
  toggleSelected('here', 'one');
  rememberEmoji(':secret_project:');
  rememberSticker({
    type: 'sticker',
    packId: 'p',
    stickerId: 's',
    blobId: 'b',
    emoji: '🙂',
    alt: 'a',
    width: 1,
    height: 1,
  });
  chooseFolder('work');
  expect(local.length).toBeGreaterThan(Object.keys(kept).length);
  expect(isEditing()).toBe(true);

  forgetPerson();
  expect({ ...local }).toEqual(kept);
  expect({ ...session }).toEqual({});
  expect(shared()).toEqual({ text: '', files: 0 });
  expect([getDraft('here').text, getIntent('here').type]).toEqual(['', 'write']);
  expect(selectionOf('here').size).toBe(0);
});
