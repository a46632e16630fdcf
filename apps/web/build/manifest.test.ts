/** What makes the app installable: every member is what browsers expect, every file it names is there, in the size it says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Image {
  readonly src: string;
  readonly sizes: string;
  readonly type: string;
  readonly purpose?: string;
  readonly form_factor?: string;
}
interface Localized {
  readonly [language: string]: { readonly value: string; readonly lang: string; readonly dir: string };
}
interface Manifest {
  readonly id: string;
  readonly start_url: string;
  readonly scope: string;
  readonly theme_color: string;
  readonly description_localized: Localized;
  readonly icons: readonly Image[];
  readonly screenshots: readonly Image[];
  readonly shortcuts: readonly {
    readonly url: string;
    readonly name_localized: Localized;
    readonly icons: readonly Image[];
  }[];
  readonly share_target: {
    readonly action: string;
    readonly method: string;
    readonly enctype: string;
    readonly params: Readonly<Record<string, unknown>>;
  };
}

const file = (path: string): URL => new URL(`../public${path}`, import.meta.url);
const manifest = JSON.parse(readFileSync(file('/manifest.webmanifest'), 'utf8')) as Manifest;
const page = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

/** Width and height as the file itself says them. */
function sizeOf({ src, type }: Image): string {
  const bytes = readFileSync(file(src));
  if (type === 'image/svg+xml') {
    expect(bytes.toString()).toMatch(/^<svg [^>]*viewBox="0 0 (\d+) \1"/);
    return 'any';
  }
  if (type === 'image/webp') {
    expect(bytes.toString('latin1', 8, 16)).toBe('WEBPVP8X');
    return `${bytes.readUIntLE(24, 3) + 1}x${bytes.readUIntLE(27, 3) + 1}`;
  }
  expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

const images = [
  ...manifest.icons,
  ...manifest.screenshots,
  ...manifest.shortcuts.flatMap(({ icons }) => icons),
];

describe('the manifest', () => {
  it.each(images)('names $src, which has the size $sizes', (image) => {
    expect(sizeOf(image)).toBe(image.sizes);
  });

  it('has every icon that a system asks for', () => {
    const has = (sizes: string, purpose: string): boolean =>
      manifest.icons.some((icon) => icon.sizes === sizes && icon.purpose === purpose);
    expect([has('192x192', 'any'), has('512x512', 'any'), has('512x512', 'maskable')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(has('any', 'monochrome')).toBe(true);
    expect(manifest.screenshots.map(({ form_factor }) => form_factor)).toEqual(['wide', 'narrow']);
  });

  it('stays within its scope', () => {
    const { id, scope, start_url, shortcuts, share_target } = manifest;
    for (const path of [id, start_url, share_target.action, ...shortcuts.map(({ url }) => url)]) {
      const url = new URL(path, 'https://chat.example');
      expect({ path, inside: url.host === 'chat.example' && url.pathname.startsWith(scope) }).toEqual({
        path,
        inside: true,
      });
    }
    expect(share_target).toMatchObject({ method: 'POST', enctype: 'multipart/form-data' });
    expect(share_target.params).toMatchObject({ title: 'title', text: 'text', url: 'url' });
  });

  it('speaks all languages of the app', () => {
    for (const localized of [
      manifest.description_localized,
      ...manifest.shortcuts.map(({ name_localized }) => name_localized),
    ]) {
      expect(Object.keys(localized).sort()).toEqual(['ar', 'de', 'es', 'zh']);
      for (const [language, { value, lang, dir }] of Object.entries(localized))
        expect({ said: value !== '', lang, dir }).toEqual({
          said: true,
          lang: language,
          dir: language === 'ar' ? 'rtl' : 'ltr',
        });
    }
  });

  it('is named by the page, in the same colour', () => {
    expect(page).toContain('<link rel="manifest" href="/manifest.webmanifest" />');
    expect(page).toContain(`content="${manifest.theme_color}"`);
  });
});
