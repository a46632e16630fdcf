/** Every wait of the load generator ends, and connections last as long as they are needed. */
import { limits } from '@kith/protocol';

/** The same promise, rejected when it takes longer than `ms`. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what}: not within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `work` for 0 to `count` - 1, `parallel` at a time. */
export async function forEach(
  count: number,
  parallel: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
}

const SLICES = 50;

/** Until the returned function is called, all of these speak often enough not to be dropped, spread over time. */
export function keepAlive(peers: readonly { ping(): void }[]): () => void {
  let slice = 0;
  const timer = setInterval(() => {
    for (let i = slice; i < peers.length; i += SLICES) peers[i]!.ping();
    slice = (slice + 1) % SLICES;
  }, limits.heartbeatMs / SLICES);
  return () => clearInterval(timer);
}
