/**
 * The process in which strangers' bytes are parsed and decoded (workers.ts starts it). It has no environment, no key and no socket;
 * it gets bytes and gives back numbers and small pictures.
 */
import { writeFileSync } from 'node:fs';
import { KithError } from '@kith/protocol';
import { lookAtPicture, type Origin, type PictureFindings } from './picture.ts';
import { sniff } from './sniff.ts';
import { READY } from './workers.ts';

export type Job =
  /** The first bytes of a file, and whether they are all there is. */
  | { readonly do: 'sniff'; readonly bytes: Uint8Array; readonly whole: boolean }
  | { readonly do: 'picture'; readonly bytes: Uint8Array; readonly mime: string; readonly origin: Origin };

export type Answer =
  | { readonly is: 'type'; readonly mime: string }
  | { readonly is: 'picture'; readonly found: PictureFindings }
  | { readonly is: 'refused'; readonly reason: string };

/** A picture of the most pixels there may be takes less, in the hungriest form there is. */
const MOST_MEMORY = 1536 * 1024 * 1024;
const WATCH_MS = 50;

async function answer(job: Job): Promise<Answer> {
  try {
    if (job.do === 'sniff') return { is: 'type', mime: await sniff(job.bytes, job.whole) };
    const { buffer, byteOffset, byteLength } = job.bytes;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    return { is: 'picture', found: await lookAtPicture(bytes, job.mime, job.origin) };
  } catch (error) {
    if (error instanceof KithError && error.code === 'file_refused') {
      return { is: 'refused', reason: error.message };
    }
    throw error;
  }
}

/** What does not fit is let die, loudly: whoever started it hears of its end. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
}

process.on('message', (job: Job) => {
  answer(job).then((said) => process.send?.(said), fail);
});
process.on('disconnect', () => process.exit());
// Decoding has threads of its own, so this one is free to look.
setInterval(() => {
  if (process.memoryUsage.rss() > MOST_MEMORY) fail(new Error('it takes too much memory'));
}, WATCH_MS).unref();
try {
  // Where memory runs short, this is the one to go, not the service.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Not Linux: the bounds above have to do.
}
process.send?.(READY);
