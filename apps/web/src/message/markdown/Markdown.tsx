/** The tree of a message's text as React elements: no HTML string is ever made, so none can slip in. */
import { Fragment, memo, type ReactNode, use } from 'react';
import { CustomGlyph } from '../../emoji/custom.tsx';
import { directionOf } from '../../i18n/direction.ts';
import { CodeBlock } from '../code/CodeBlock.tsx';
import { UserName } from '../names.tsx';
import type { Block, Inline } from './ast.ts';
import { parse } from './parse.ts';
import { PlainLinks } from './plainLinks.ts';
import './markdown.css';

export interface MarkdownProps {
  readonly text: string;
  /** Mentions of this person stand out. */
  readonly meId?: string | undefined;
  /** Stands at the end of the last line of text, below it where there is no room: time and ticks. */
  readonly end?: ReactNode;
}

export const Markdown = memo(function Markdown({ text, meId, end }: MarkdownProps) {
  const blocks = parse(text);
  const inText = endsInText(blocks);
  return (
    <div className="kith-md">
      {renderBlocks(blocks, meId, inText ? end : undefined)}
      {!inText && end && <div className="kith-md-end">{end}</div>}
    </div>
  );
});

/** Whether the last line is one of text, in which the time finds room. */
function endsInText(blocks: readonly Block[] | undefined): boolean {
  const last = blocks?.at(-1);
  return last?.type === 'paragraph' || (last?.type === 'list' && endsInText(last.items.at(-1)));
}

function renderBlocks(blocks: readonly Block[], meId: string | undefined, end?: ReactNode): ReactNode {
  // Blocks have no identity of their own and never move: their place is their key.
  return blocks.map((block, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={i}>{renderBlock(block, meId, i === blocks.length - 1 ? end : undefined)}</Fragment>
  ));
}

function renderBlock(block: Block, meId: string | undefined, end: ReactNode): ReactNode {
  const gap = block.gap || undefined;
  switch (block.type) {
    case 'paragraph':
      return (
        <p dir="auto" data-gap={gap}>
          {renderInlines(block.children, meId)}
          {end}
        </p>
      );
    case 'quote':
      return (
        <blockquote dir={directionOf(wordsOf(block.blocks))} data-gap={gap}>
          {renderBlocks(block.blocks, meId)}
        </blockquote>
      );
    case 'code':
      return <CodeBlock text={block.text} lang={block.lang} gap={block.gap} />;
    case 'list': {
      const items = block.items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: see renderBlocks
        <li key={i}>{renderBlocks(item, meId, i === block.items.length - 1 ? end : undefined)}</li>
      ));
      const dir = directionOf(wordsOf(block.items.flat()));
      return block.ordered ? (
        <ol dir={dir} start={block.start} data-gap={gap}>
          {items}
        </ol>
      ) : (
        <ul dir={dir} data-gap={gap}>
          {items}
        </ul>
      );
    }
  }
}

/** For the side on which a list has its marks and a quote its line. */
const wordsOf = (blocks: readonly Block[]): string =>
  blocks
    .map((block) => {
      switch (block.type) {
        case 'paragraph':
          return block.children.map(wordsIn).join('');
        case 'quote':
          return wordsOf(block.blocks);
        case 'code':
          return '';
        case 'list':
          return wordsOf(block.items.flat());
      }
    })
    .join(' ');

const wordsIn = (inline: Inline): string =>
  'children' in inline ? inline.children.map(wordsIn).join('') : inline.type === 'text' ? inline.text : '';

function renderInlines(inlines: readonly Inline[], meId: string | undefined): ReactNode {
  return inlines.map((inline, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: see renderBlocks
    inline.type === 'text' ? inline.text : <Fragment key={i}>{renderInline(inline, meId)}</Fragment>,
  );
}

function renderInline(inline: Inline, meId: string | undefined): ReactNode {
  switch (inline.type) {
    case 'text':
      return inline.text;
    case 'break':
      return <br />;
    case 'strong':
      return <strong>{renderInlines(inline.children, meId)}</strong>;
    case 'em':
      return <em>{renderInlines(inline.children, meId)}</em>;
    case 'del':
      return <del>{renderInlines(inline.children, meId)}</del>;
    case 'code':
      return <code>{inline.text}</code>;
    case 'link':
      return <Link href={inline.href}>{renderInlines(inline.children, meId)}</Link>;
    case 'emoji':
      return <CustomGlyph name={inline.name} />;
    case 'mention':
      return (
        <span className="kith-mention" data-me={inline.who === meId || inline.who === 'all' || undefined}>
          @{inline.who === 'all' ? 'all' : <UserName id={inline.who} />}
        </span>
      );
  }
}

function Link({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  if (use(PlainLinks)) return <span title={href}>{children}</span>;
  return (
    // The address shows on hover: a link's words may promise another place.
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
