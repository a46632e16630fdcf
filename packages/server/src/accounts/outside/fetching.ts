/** How services are asked: within a time, no more than so much, and sent nowhere else. */
import type { CustomFetch } from 'openid-client';
import { OutsideTrouble } from './trouble.ts';

/** One request of several; people wait for them. */
export const REQUEST_MS = 5_000;
/** Key sets and claims are some kB. */
const MOST_BYTES = 256 * 1024;

export function createFetching(timeoutMs: number = REQUEST_MS): CustomFetch {
  return async (url, options) => {
    const signals = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])];
    try {
      const response = await fetch(url, {
        method: options.method,
        headers: options.headers,
        // What the library sends is a form; the types of its bodies and of ours are told by different libraries.
        body: (options.body ?? null) as NonNullable<RequestInit['body']> | null,
        redirect: 'manual',
        signal: AbortSignal.any(signals),
      });
      const { status, headers } = response;
      if (status >= 500 || status === 429) throw new OutsideTrouble('unavailable', `it answers ${status}`);
      const bytes = await bodyOf(response);
      return new Response(bytes.length === 0 ? null : bytes, { status, headers });
    } catch (cause) {
      if (cause instanceof OutsideTrouble) throw cause;
      throw new OutsideTrouble('unavailable', 'it does not answer', { cause });
    }
  };
}

/** Counted as it comes: what a server says of the length is its word. */
async function bodyOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MOST_BYTES) throw new OutsideTrouble('failed', 'its answer is too long');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
