/** The links of a message, as the timeline shows them: found by the same parser, so that what is no link there is none here. */
import type { LinkPreview, MessageRecord } from '@kith/protocol';
import { textOf } from '../../message/excerpt.ts';
import type { Block, Inline } from '../../message/markdown/ast.ts';
import { parse } from '../../message/markdown/parse.ts';

export interface Link {
  readonly href: string;
  /** Where it leads, as it is read: host and path. */
  readonly address: string;
  /** Of the message's first one, once it is there. */
  readonly preview: LinkPreview | undefined;
  /** The message says nothing besides. */
  readonly alone: boolean;
}

/** A message that is a list of links is read there. */
const MOST = 10;

export function linksOf({ body, linkPreview }: MessageRecord): readonly Link[] {
  const text = textOf(body);
  const hrefs = [...new Set(parse(text).flatMap(inBlock))].filter((href) => /^https?:/.test(href));
  return hrefs.slice(0, MOST).map((href, at) => ({
    href,
    address: addressOf(href),
    preview: at === 0 ? linkPreview : undefined,
    alone: !/\s/.test(text.trim()),
  }));
}

function addressOf(href: string): string {
  const { host, pathname, search } = new URL(href);
  return `${host.replace(/^www\./, '')}${pathname === '/' ? '' : pathname}${search}`;
}

function inBlock(block: Block): readonly string[] {
  switch (block.type) {
    case 'paragraph':
      return block.children.flatMap(inInline);
    case 'quote':
      return block.blocks.flatMap(inBlock);
    case 'list':
      return block.items.flat().flatMap(inBlock);
    case 'code':
      return [];
  }
}

function inInline(inline: Inline): readonly string[] {
  switch (inline.type) {
    case 'link':
      return [inline.href];
    case 'strong':
    case 'em':
    case 'del':
      return inline.children.flatMap(inInline);
    default:
      return [];
  }
}
