/** Small images over HTTP, beside the socket: bytes go as they are. */
import type { BlobInfo, BlobPurpose, WireError } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import type { Blobs, ClientOptions } from './types.ts';

/** Half a megabyte over a poor line. */
const UPLOAD_MS = 60_000;

export function blobsOf(options: Pick<ClientOptions, 'url' | 'token' | 'fetch'>): Omit<Blobs, 'image'> {
  const address = (path: string) => new URL(path, options.url).href;
  return {
    url: (id) => address(`/v1/blobs/${encodeURIComponent(id)}`),
    upload: (blob, purpose, { signal } = {}) => upload(options, address('/v1/blobs'), blob, purpose, signal),
  };
}

async function upload(
  { token, fetch = globalThis.fetch }: Pick<ClientOptions, 'token' | 'fetch'>,
  address: string,
  blob: Blob,
  purpose: Exclude<BlobPurpose, 'preview'>,
  signal: AbortSignal | undefined,
): Promise<BlobInfo> {
  const late = AbortSignal.timeout(UPLOAD_MS);
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(`${address}?purpose=${purpose}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/octet-stream',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: blob,
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
    json = await response.json();
  } catch (cause) {
    // Whoever called it off knows why.
    signal?.throwIfAborted();
    if (late.aborted) throw new KithError('timeout', { cause });
    throw new KithError('unavailable', { message: 'The server cannot be reached.', cause });
  }
  if (response.ok) return json as BlobInfo;
  const error = (json as { readonly error?: WireError } | null)?.error;
  throw error ? KithError.fromWire(error) : new KithError('internal');
}
