/**
 * S9: receipts cost the same in a conversation of 2 and of 10,000. Marks are merged for some hundred milliseconds;
 * in large conversations only those that may be the foremost for somebody are told.
 */
import { limits, type ReceiptMark } from '@kith/protocol';

interface Place {
  readonly userId: string;
  readonly seq: number;
}

/**
 * The two foremost people. Two, because nobody looks at their own mark: whoever asks, the foremost of the others is
 * one of them.
 */
class Foremost {
  #first: Place | null = null;
  #second: Place | null = null;

  /** Whether this place is one of the two, and new. */
  moved(userId: string, seq: number): boolean {
    const place = { userId, seq };
    if (this.#first?.userId === userId) {
      if (seq <= this.#first.seq) return false;
      this.#first = place;
      return true;
    }
    if (!this.#first || seq > this.#first.seq) {
      this.#second = this.#first;
      this.#first = place;
      return true;
    }
    if (this.#second && seq <= this.#second.seq) return false;
    this.#second = place;
    return true;
  }
}

export class ReceiptBatch {
  readonly #marks = new Map<string, ReceiptMark>();
  readonly #delivered = new Foremost();
  readonly #read = new Foremost();

  /** Takes marks; `memberCount` decides whether all of them matter. */
  add(marks: readonly ReceiptMark[], memberCount: number): void {
    for (const mark of marks) {
      // Both are asked, so that both know.
      const delivered = this.#delivered.moved(mark.userId, mark.deliveredSeq);
      const read = this.#read.moved(mark.userId, mark.readSeq);
      if (memberCount > limits.receiptMembers && !delivered && !read) continue;
      const known = this.#marks.get(mark.userId);
      this.#marks.set(mark.userId, {
        userId: mark.userId,
        deliveredSeq: Math.max(mark.deliveredSeq, known?.deliveredSeq ?? 0),
        readSeq: Math.max(mark.readSeq, known?.readSeq ?? 0),
      });
    }
  }

  /** What was merged since the last time. */
  take(): ReceiptMark[] {
    const marks = [...this.#marks.values()];
    this.#marks.clear();
    return marks;
  }
}
