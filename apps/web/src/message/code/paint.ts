/**
 * Lays colours over code by the browser's highlights: the text stays the one node it is, so nothing can move when they
 * come, a selection survives them, and what others sent is never made into elements. Browsers without them show it plain.
 */
import { KINDS } from './kinds.ts';
import { reading, type Tokens } from './reader.ts';
import './code.css';

/** Returns how to take the colours away again. */
export function colour(code: Node, lang: string, text: string): () => void {
  let unpaint = (): void => undefined;
  let ended = false;
  const stop = reading.read(lang, text, (tokens) => {
    if (!ended) unpaint = paint(code, text, tokens);
  });
  return () => {
    ended = true;
    stop();
    unpaint();
  };
}

function paint(code: Node, text: string, tokens: Tokens): () => void {
  // It was changed meanwhile: its own colours are on their way.
  if (code.nodeType !== Node.TEXT_NODE || code.nodeValue !== text) return () => undefined;
  const laid: (readonly [Highlight, StaticRange])[] = [];
  for (let at = 0; at + 2 < tokens.length; at += 3) {
    const [startOffset = 0, endOffset = 0, kind = 0] = tokens.subarray(at, at + 3);
    const highlight = highlightOf(kind);
    // Not live: the browser would keep every range in step with every change of the page.
    const range = new StaticRange({ startContainer: code, startOffset, endContainer: code, endOffset });
    highlight.add(range);
    laid.push([highlight, range]);
  }
  return () => {
    for (const [highlight, range] of laid) highlight.delete(range);
  };
}

function highlightOf(kind: number): Highlight {
  const name = `kith-code-${KINDS[kind]}`;
  const known = CSS.highlights.get(name);
  if (known) return known;
  const highlight = new Highlight();
  CSS.highlights.set(name, highlight);
  // A hit of the search lies over the colours.
  highlight.priority = -1;
  return highlight;
}
