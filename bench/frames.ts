/**
 * What the load generator reads of the server's frames: as little as it must, by looking for marks in the text,
 * because a full parse of every delivery would make the generator the thing that is measured.
 */

/** A text that carries when it was due (µs of this process's clock) and who sent it, filled up to `length`. */
export function stampedText(dueMs: number, sender: number, length: number): string {
  const head = `kb:${String(Math.round(dueMs * 1000)).padStart(STAMP, '0')}:${String(sender).padStart(SENDER, '0')}:`;
  return head + FILL.slice(0, Math.max(0, length - head.length));
}

const STAMP = 13;
const SENDER = 5;
const MARK = '"text":"kb:';
const FILL = ' the quick brown fox jumps over the lazy dog, and nobody saw where it went'.repeat(20);

export interface FrameSink {
  reply(id: number, frame: string): void;
  failed(id: number, frame: string): void;
  /** A stamped message. */
  message(dueMs: number, sender: number): void;
  /** The place of the last message of an event. */
  lastSeq(seq: number): void;
  /** Any other frame. */
  other(frame: string): void;
}

const EVENT = '{"t":"event"';
const REPLY = '{"t":"reply","id":';
const FAILED = '{"t":"failed","id":';

/** Reads a WebSocket message: frames, one a line. */
export function readFrames(text: string, sink: FrameSink): void {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (text.startsWith(EVENT, start)) readEvent(text, start, end, sink);
    else if (text.startsWith(REPLY, start))
      sink.reply(numberAt(text, start + REPLY.length), text.slice(start, end));
    else if (text.startsWith(FAILED, start)) {
      sink.failed(numberAt(text, start + FAILED.length), text.slice(start, end));
    } else sink.other(text.slice(start, end));
    start = end + 1;
  }
}

/** The first stamped message of a text. */
export function readStamp(text: string, heard: (dueMs: number, sender: number) => void): void {
  const at = text.indexOf(MARK);
  if (at < 0) return;
  heard(numberAt(text, at + MARK.length) / 1000, numberAt(text, at + MARK.length + STAMP + 1));
}

function readEvent(text: string, start: number, end: number, sink: FrameSink): void {
  let at = text.indexOf(MARK, start);
  if (at < 0 || at >= end) {
    sink.other(text.slice(start, end));
    return;
  }
  let last = at;
  for (; at >= 0 && at < end; at = text.indexOf(MARK, at)) {
    last = at;
    at += MARK.length;
    sink.message(numberAt(text, at) / 1000, numberAt(text, at + STAMP + 1));
  }
  const seq = text.lastIndexOf('"seq":', last);
  if (seq > start) sink.lastSeq(numberAt(text, seq + 6));
}

/** The digits from `at` on, as a number. */
function numberAt(text: string, at: number): number {
  let value = 0;
  for (let i = at; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}
