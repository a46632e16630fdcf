/**
 * Markdown subset → tree. `marked` only cuts the text into tokens; its HTML is never made. What is outside the subset
 * (HTML, headings, tables, images, reference definitions) has its tokenizer switched off and so stays literal text.
 *
 * Anyone may send 20,000 characters of anything, so the work is bounded twice: nesting is capped while tokenizing
 * (marked recurses), and a text with thousands of delimiters outside code is shown as it was written (pairing
 * delimiters is where marked takes quadratic time).
 */
import { MENTION } from '@kith/protocol/mentions';
import { Lexer, type MarkedOptions, type Token, Tokenizer, type Tokens } from 'marked';
import type { Block, Inline } from './ast.ts';

/** Deeper than people quote or nest lists; beyond it the markers are shown literally. */
const MAX_DEPTH = 6;
/** Delimiters in a text that is prose; measured: below this every hostile case parses within some milliseconds. */
const MAX_DELIMITERS = 3_000;
const CACHE_SIZE = 500;

const DELIMITER = /[*_~`[\]<>!\\|]/g;
const FENCED = /^ {0,3}(```|~~~)[\s\S]*?(?:^ {0,3}\1|(?![\s\S]))/gm;
/** A mention, or what may be a custom emoji (not in the middle of a word, a time or an address). */
const SIGN = new RegExp(
  `${MENTION.source}|${/(?<![\p{L}\p{N}/]):([a-z0-9_+-]{2,32}):(?![\p{L}\p{N}/])/u.source}`,
  'gu',
);
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);

const off = () => undefined;

class Subset extends Tokenizer {
  #depth = 0;

  // Assigned, not declared as methods, because "not here" is all they say.
  override heading = off;
  override lheading = off;
  override html = off;
  override tag = off;
  override table = off;
  override def = off;
  override hr = off;
  override reflink = off;
  /** Indented code: in a chat, an indented line is an indented line. */
  override code = off;

  #nested<T>(tokenize: () => T): T | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth++;
    try {
      return tokenize();
    } finally {
      this.#depth--;
    }
  }

  override blockquote(src: string) {
    return this.#nested(() => super.blockquote(src));
  }
  override list(src: string) {
    return this.#nested(() => super.list(src));
  }
  override emStrong(src: string, masked: string, before?: string) {
    return this.#nested(() => super.emStrong(src, masked, before));
  }
  override del(src: string, masked: string, before?: string) {
    return this.#nested(() => super.del(src, masked, before));
  }
  override link(src: string) {
    return src.startsWith('!') ? undefined : this.#nested(() => super.link(src));
  }
}

const cache = new Map<string, readonly Block[]>();

/** The tree of a text, from a bounded cache: scrolling back and forth parses nothing twice. */
export function parse(text: string): readonly Block[] {
  const known = cache.get(text);
  const blocks = known ?? parseAnew(text);
  // Taking it out and putting it back keeps the map in order of use.
  if (known) cache.delete(text);
  else if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value ?? '');
  cache.set(text, blocks);
  return blocks;
}

function parseAnew(text: string): readonly Block[] {
  if (isHostile(text)) return literal(text);
  const options: MarkedOptions = { gfm: true, breaks: true, tokenizer: new Subset() };
  try {
    return toBlocks(new Lexer(options).lex(text));
  } catch {
    // A parser must not be able to hide a message: whatever it stumbles over is shown as written.
    return literal(text);
  }
}

/** Counts no further than it must: linear, and cheap for everything people write. */
function isHostile(text: string): boolean {
  if (text.length < MAX_DELIMITERS) return false;
  let count = 0;
  for (const _ of text.replace(FENCED, '').matchAll(DELIMITER)) if (++count > MAX_DELIMITERS) return true;
  return false;
}

const literal = (text: string): readonly Block[] => [
  { type: 'paragraph', gap: false, children: withSigns(text) },
];

function toBlocks(tokens: readonly Token[]): readonly Block[] {
  const blocks: Block[] = [];
  let gap = false;
  for (const token of tokens) {
    if (token.type === 'space') {
      gap = blocks.length > 0;
      continue;
    }
    blocks.push(toBlock(token, gap));
    // Some block tokens swallow the empty lines after them.
    gap = token.raw.endsWith('\n\n');
  }
  return blocks;
}

function toBlock(token: Token, gap: boolean): Block {
  switch (token.type) {
    case 'blockquote':
      return { type: 'quote', gap, blocks: toBlocks(token.tokens ?? []) };
    case 'list': {
      const list = token as Tokens.List;
      return {
        type: 'list',
        gap,
        ordered: list.ordered,
        start: typeof list.start === 'number' ? list.start : 1,
        items: list.items.map((item) => toItem(item)),
      };
    }
    case 'code': {
      const code = token as Tokens.Code;
      return { type: 'code', gap, lang: (code.lang ?? '').split(/\s/, 1)[0] ?? '', text: code.text };
    }
    default:
      return {
        type: 'paragraph',
        gap,
        children: 'tokens' in token && token.tokens ? toInlines(token.tokens) : withSigns(token.raw),
      };
  }
}

function toItem(item: Tokens.ListItem): readonly Block[] {
  const blocks = toBlocks(item.tokens.filter((token) => token.type !== 'checkbox'));
  if (!item.task) return blocks;
  // Task lists are outside the subset: the box stays as text.
  const box: Inline = { type: 'text', text: item.checked ? '[x] ' : '[ ] ' };
  const [first, ...rest] = blocks;
  return first?.type === 'paragraph'
    ? [{ ...first, children: [box, ...first.children] }, ...rest]
    : [{ type: 'paragraph', gap: false, children: [box] }, ...blocks];
}

function toInlines(tokens: readonly Token[]): readonly Inline[] {
  const inlines: Inline[] = [];
  for (const token of tokens) {
    switch (token.type) {
      case 'strong':
      case 'em':
      case 'del':
        inlines.push({ type: token.type, children: toInlines(token.tokens ?? []) });
        break;
      case 'codespan':
        inlines.push({ type: 'code', text: (token as Tokens.Codespan).text });
        break;
      case 'br':
        inlines.push({ type: 'break' });
        break;
      case 'link':
        inlines.push(...toLink(token as Tokens.Link));
        break;
      case 'escape':
        inlines.push({ type: 'text', text: (token as Tokens.Escape).text });
        break;
      case 'text':
        if (token.tokens) inlines.push(...toInlines(token.tokens));
        else inlines.push(...withSigns((token as Tokens.Text).text));
        break;
      default:
        inlines.push(...withSigns(token.raw));
    }
  }
  return inlines;
}

function toLink(token: Tokens.Link): readonly Inline[] {
  const href = safeHref(token.href);
  if (!href) return withSigns(token.raw);
  return [{ type: 'link', href, children: toInlines(token.tokens) }];
}

/**
 * The address if it is absolute and of an allowed protocol; relative ones would lead into the app itself. As it will be
 * opened, not as it was written: "https:x" is absolute only here, and letters that look like others show as "xn--".
 */
function safeHref(href: string): string | undefined {
  try {
    const url = new URL(href);
    return PROTOCOLS.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function withSigns(text: string): readonly Inline[] {
  if (!text.includes('<@') && !text.includes(':')) return [{ type: 'text', text }];
  const inlines: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(SIGN)) {
    const [written, who, name] = match;
    if (match.index > end) inlines.push({ type: 'text', text: text.slice(end, match.index) });
    if (who !== undefined) inlines.push({ type: 'mention', who });
    else if (name !== undefined) inlines.push({ type: 'emoji', name });
    end = match.index + written.length;
  }
  if (end < text.length) inlines.push({ type: 'text', text: text.slice(end) });
  return inlines;
}
