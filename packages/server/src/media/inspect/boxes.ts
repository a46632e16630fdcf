/** Boxes of an MP4 or QuickTime file, walked where they lie: what is behind one that is passed over is never read. */
import type { Pages } from './bytes.ts';

export interface Box {
  readonly name: string;
  /** Where it begins. */
  readonly at: number;
  /** Where its content begins and ends. */
  readonly from: number;
  readonly to: number;
}

export interface Boxes {
  /** Those between two places, as far as they keep within. */
  within(from: number, to: number): AsyncGenerator<Box>;
  /** Of one, the content from `skip` on. */
  inside(box: Box, skip?: number): AsyncGenerator<Box>;
  /** The beginning of its content, as many bytes as asked for or fewer. */
  head(box: Box, bytes: number): Promise<Buffer>;
}

/** A film of hours has some dozen that are looked at; one in pieces thousands, but not in its beginning. */
const MOST_BOXES = 2_000;

export function boxesOf(pages: Pages): Boxes {
  let left = MOST_BOXES;

  async function* within(from: number, to: number): AsyncGenerator<Box> {
    for (let at = from; at + 8 <= to && left > 0; left -= 1) {
      const head = await pages.at(at, 16);
      if (head.length < 8) return;
      const short = head.readUInt32BE(0);
      if (short === 1 && head.length < 16) return;
      const long = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? to - at : short;
      const content = at + (short === 1 ? 16 : 8);
      if (at + long < content || at + long > to) return;
      yield { name: head.toString('latin1', 4, 8), at, from: content, to: at + long };
      at += long;
    }
  }

  return {
    within,
    inside: ({ from, to }, skip = 0) => within(from + skip, to),
    head: ({ from, to }, bytes) => pages.at(from, Math.min(bytes, to - from)),
  };
}
