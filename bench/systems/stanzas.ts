/**
 * What the load reads of an XMPP stream: the stamps of messages, by looking for their mark in the text. A stream has no
 * frames, so that a mark may lie across two chunks: what could still become one is kept for the next.
 */

const MARK = '<body>kb:';
const DUE = 13;
const SENDER = 5;
/** From the mark to the last digit of the stamp: `kb:<due>:<sender>`. */
const LENGTH = MARK.length + DUE + 1 + SENDER;

export type HeardStamp = (dueMs: number, sender: number) => void;

export class StanzaReader {
  #rest = '';
  readonly #heard: HeardStamp;

  constructor(heard: HeardStamp) {
    this.#heard = heard;
  }

  /** How many messages the chunk completed. */
  read(chunk: string): number {
    const text = this.#rest + chunk;
    let found = 0;
    let at = text.indexOf(MARK);
    while (at >= 0 && at + LENGTH <= text.length) {
      const due = at + MARK.length;
      this.#heard(digits(text, due, DUE) / 1000, digits(text, due + DUE + 1, SENDER));
      found += 1;
      at = text.indexOf(MARK, at + LENGTH);
    }
    // A whole mark cannot be in the tail, or it would have been found.
    this.#rest = at >= 0 ? text.slice(at) : text.slice(-(MARK.length - 1));
    return found;
  }
}

function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i += 1) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}
