/** What comes in, made safe: a stranger's bytes become a frame or a `bad_frame`. */
import { ClientFrame, KithError } from '@kith/protocol';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b;
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d;

/** Whether a JSON text nests deeper than `max`, found in one pass before anything is built from it. */
export function isDeeperThan(text: string, max: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) {
      quoted = true;
    } else if (isOpening(code)) {
      depth += 1;
      if (depth > max) return true;
    } else if (isClosing(code)) {
      depth -= 1;
    }
  }
  return false;
}

/** Throws `bad_frame` for anything that is not a client's frame. */
export function parseFrame(text: string, maxDepth: number): ClientFrame {
  if (isDeeperThan(text, maxDepth))
    throw new KithError('bad_frame', { message: 'The frame nests too deep.' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KithError('bad_frame', { message: 'The frame is not JSON.' });
  }
  const parsed = ClientFrame.safeParse(value);
  if (!parsed.success) throw new KithError('bad_frame');
  return parsed.data;
}
