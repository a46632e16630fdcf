/**
 * What a page says of itself in its head: title, description, picture. Only tags are looked for, by expressions that run in
 * time linear to the (cut) text; no page is built.
 */

export interface PageFacts {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly siteName: string | undefined;
  /** Absolute. */
  readonly image: string | undefined;
}

/** What stands further down is the page itself. */
const LOOK_AT = 256 * 1024;

const META = /<meta\s([^<>]{1,4000})>/gi;
const TITLE = /<title(?:\s[^<>]{0,500})?>([^<]{0,2000})/i;
const ATTRIBUTE =
  /([a-z:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,3000})"|'([^']{0,3000})'|([^\s"'<>]{1,3000}))/gi;

export function readPage(html: string, base: URL): PageFacts {
  const head = withoutComments(html.slice(0, LOOK_AT));
  const said = new Map<string, string>();
  for (const [, attributes = ''] of head.matchAll(META)) {
    const found = new Map(
      [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', a, b, c]) => [
        name.toLowerCase(),
        a ?? b ?? c ?? '',
      ]),
    );
    const name = (found.get('property') ?? found.get('name'))?.toLowerCase();
    const content = found.get('content');
    // The first one counts, as with browsers and their neighbours.
    if (name !== undefined && content && !said.has(name)) said.set(name, content);
  }
  const say = (most: number, ...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const text = clean(said.get(name) ?? '', most);
      if (text !== '') return text;
    }
    return undefined;
  };
  const image = decode(
    said.get('og:image') ?? said.get('twitter:image') ?? said.get('og:image:url') ?? '',
  ).trim();
  return {
    title: say(200, 'og:title', 'twitter:title') ?? (clean(TITLE.exec(head)?.[1] ?? '', 200) || undefined),
    description: say(300, 'og:description', 'twitter:description', 'description'),
    siteName: say(80, 'og:site_name'),
    image: image !== '' && URL.canParse(image, base.href) ? new URL(image, base).href : undefined,
  };
}

/** One that has no end takes the rest with it, as in browsers. */
function withoutComments(html: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const begin = html.indexOf('<!--', at);
    if (begin < 0) return [...parts, html.slice(at)].join('');
    parts.push(html.slice(at, begin));
    const end = html.indexOf('-->', begin + 4);
    if (end < 0) return parts.join('');
    at = end + 3;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
};

const decode = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,8}));/gi, (all, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? all;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '';
  });

/** Control letters and those that turn others around: a title must not dress up as something of the app. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

function clean(text: string, most: number): string {
  const line = decode(text).replace(/\s+/gu, ' ').replace(UNSEEN, '').toWellFormed().trim();
  return line.length > most
    ? `${line
        .slice(0, most)
        .toWellFormed()
        .replace(/\uFFFD$/, '')
        .trimEnd()}…`
    : line;
}

const CHARSET = /charset\s{0,9}=\s{0,9}["']?([\w:.-]{1,40})/i;

/** The text of a page in whatever letters it is written: as its header says, else as itself says, else UTF-8. */
export function textOf(bytes: Buffer, contentType: string): string {
  const label =
    CHARSET.exec(contentType)?.[1] ?? CHARSET.exec(bytes.toString('latin1', 0, 2_048))?.[1] ?? 'utf-8';
  return decoderOf(label).decode(bytes);
}

function decoderOf(label: string) {
  try {
    return new TextDecoder(label);
  } catch (error) {
    // Letters that nobody knows: most pages are UTF-8 all the same.
    if (error instanceof RangeError) return new TextDecoder();
    throw error;
  }
}
