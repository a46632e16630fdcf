/** Asking a server that is not ours: bounded in time and size, never led elsewhere, told nothing of who asks. */
import { KithError } from '@kith/protocol';

const ASK_MS = 8_000;

/** @throws KithError unavailable, whatever went wrong there. */
export async function fetchOutside(url: string, accept: string, mostBytes: number): Promise<Buffer> {
  try {
    const response = await fetch(url, {
      headers: { accept, 'user-agent': 'Kith' },
      // To an address that nobody allowed.
      redirect: 'error',
      signal: AbortSignal.timeout(ASK_MS),
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    // Counted as unpacked: what it says of its length is its word.
    for await (const part of response.body) {
      length += part.length;
      if (length > mostBytes) throw new Error(`it answered more than ${mostBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } catch (cause) {
    throw new KithError('unavailable', {
      message: 'The provider of GIFs does not answer. Try again shortly.',
      retryAfterMs: 2_000,
      cause,
    });
  }
}
