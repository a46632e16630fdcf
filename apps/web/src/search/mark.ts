/**
 * Paints what was found inside of the message that one jumps to. The browser's highlights lie over the text as it is drawn:
 * no message has to know of search, and nothing moves. Where a browser has none, the flash of the message stays.
 */

const NAME = 'kith-hit';
/** The message may have to be loaded and drawn first. */
const PATIENCE_MS = 4_000;
const LOOK_MS = 80;
/** Long enough to find it with the eyes. */
const STAYS_MS = 5_000;

let turn = 0;

const hasHighlights = (): boolean => typeof CSS !== 'undefined' && 'highlights' in CSS;

/** `words`: as they stand in the text. `stays`: until the next call, else for a moment. */
export function markHit(messageId: string, words: readonly string[], { stays = false } = {}): void {
  unmark();
  if (words.length === 0 || !hasHighlights()) return;
  const mine = turn;
  const end = performance.now() + PATIENCE_MS;
  const look = (): void => {
    if (mine !== turn) return;
    const message = document.querySelector(`[data-message="${CSS.escape(messageId)}"] .kith-bubble`);
    const ranges = message ? rangesOf(message, words) : [];
    if (ranges.length > 0) {
      CSS.highlights.set(NAME, new Highlight(...ranges));
      if (!stays) setTimeout(() => mine === turn && unmark(), STAYS_MS);
    } else if (performance.now() < end) setTimeout(look, LOOK_MS);
  };
  look();
}

export function unmark(): void {
  turn += 1;
  if (hasHighlights()) CSS.highlights.delete(NAME);
}

function rangesOf(root: Element, words: readonly string[]): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.nodeValue ?? '';
    for (const word of new Set(words)) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  return ranges;
}
