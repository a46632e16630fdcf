/**
 * A stream over an object that outlives its connection: a reader on a slow line is silent for longer than a store cares to wait,
 * so where a connection ends too early the next one goes on at the same byte.
 */
import { Readable } from 'node:stream';
import { errorOfS3, isOutOfRange } from './s3Errors.ts';

interface Answer {
  readonly body: Readable;
  /** `bytes first-last/all`. */
  readonly range: string;
}

/** Connections in a row that brought nothing. */
const ATTEMPTS = 3;

/** Bytes from `from` up to `to`, or the object's end. @param get with the header of a range. @throws what it throws. */
export async function readOn(
  get: (range: string) => Promise<Answer>,
  from: number,
  to: number,
): Promise<Readable> {
  let at = from;
  let end = to;
  let fruitless = 0;

  /** Null: the object ends before. */
  const open = async (): Promise<Readable | null> => {
    const answer = await get(`bytes=${at}-${end - 1}`).catch((error: unknown) => {
      if (isOutOfRange(error)) return null;
      throw error;
    });
    if (!answer) return null;
    const [, first, all] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.range) ?? [];
    // Noted when it is read; until then it must not end the process.
    answer.body.on('error', () => undefined);
    if (Number(first) !== at) {
      answer.body.destroy();
      throw new Error(`The store of files was asked for bytes from ${at} and gave ${answer.range}.`);
    }
    end = Math.min(end, Number(all));
    return answer.body;
  };

  const first = await open();
  if (!first) return Readable.from([]);
  let body = first;
  let pieces = body[Symbol.asyncIterator]();

  const next = async (stream: Readable): Promise<Buffer | null> => {
    for (;;) {
      if (at >= end) return null;
      const { value } = await pieces.next().catch((error: unknown) => {
        if (fruitless + 1 >= ATTEMPTS) throw error;
        return { value: undefined };
      });
      if (stream.destroyed) return null;
      if (value) {
        fruitless = 0;
        const piece = (value as Buffer).subarray(0, end - at);
        at += piece.length;
        return piece;
      }
      fruitless += 1;
      if (fruitless >= ATTEMPTS) throw new Error('The store of files ends its answers too early.');
      body.destroy();
      const again = await open();
      if (!again) return null;
      body = again;
      pieces = body[Symbol.asyncIterator]();
      if (stream.destroyed) body.destroy();
    }
  };

  return new Readable({
    highWaterMark: 1,
    read() {
      next(this).then(
        (piece) => this.push(piece),
        (error: unknown) => this.destroy(errorOfS3(error)),
      );
    },
    destroy(error, done) {
      body.destroy();
      done(error);
    },
  });
}
