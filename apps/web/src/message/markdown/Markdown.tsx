/** The tree of a message's text as React elements: no HTML string is ever made, so none can slip in. */
import { Check, Copy } from 'lucide-react';
import { Fragment, memo, type ReactNode, useEffect, useState } from 'react';
import { copyToClipboard } from '../../ui/copy.ts';
import { UserName } from '../names.tsx';
import type { Block, Inline } from './ast.ts';
import { parse } from './parse.ts';
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
      return <blockquote data-gap={gap}>{renderBlocks(block.blocks, meId)}</blockquote>;
    case 'code':
      return <CodeBlock text={block.text} lang={block.lang} gap={block.gap} />;
    case 'list': {
      const items = block.items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: see renderBlocks
        <li key={i}>{renderBlocks(item, meId, i === block.items.length - 1 ? end : undefined)}</li>
      ));
      return block.ordered ? (
        <ol start={block.start} data-gap={gap}>
          {items}
        </ol>
      ) : (
        <ul data-gap={gap}>{items}</ul>
      );
    }
  }
}

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
      return (
        // The address shows on hover: a link's words may promise another place.
        <a href={inline.href} title={inline.href} target="_blank" rel="noopener noreferrer nofollow">
          {renderInlines(inline.children, meId)}
        </a>
      );
    case 'mention':
      return (
        <span className="kith-mention" data-me={inline.who === meId || inline.who === 'all' || undefined}>
          @{inline.who === 'all' ? 'all' : <UserName id={inline.who} />}
        </span>
      );
  }
}

function CodeBlock({
  text,
  lang,
  gap,
}: {
  readonly text: string;
  readonly lang: string;
  readonly gap: boolean;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    copyToClipboard(text).then(
      () => setCopied(true),
      // Refused: the text can still be selected, so nothing is lost and nothing need be said.
      () => undefined,
    );
  };
  const label = copied ? 'Copied' : 'Copy code';
  return (
    <div className="kith-code" data-gap={gap || undefined}>
      {lang && <span className="kith-code-lang">{lang}</span>}
      <button type="button" className="kith-code-copy" aria-label={label} title={label} onClick={copy}>
        {copied ? (
          <Check size={16} strokeWidth={1.75} aria-hidden="true" />
        ) : (
          <Copy size={16} strokeWidth={1.75} aria-hidden="true" />
        )}
      </button>
      <pre>
        <code>{text}</code>
      </pre>
    </div>
  );
}
