/**
 * Fetching what a stranger's link leads to, without being led into our own house: the name is looked up by us, each of its
 * addresses is judged, and the connection is made to exactly the judged one; at every redirect anew. Bounded in time, size and
 * steps.
 */
import { Resolver } from 'node:dns/promises';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { isPublicAddress } from './addresses.ts';

export interface Fetched {
  /** Where it was found in the end. */
  readonly url: URL;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface Wanted {
  readonly accept: string;
  /** Whether to go on, by the content type without its parameters. */
  readonly isWanted: (type: string) => boolean;
  readonly mostBytes: number;
  /** Longer ones: `cut` keeps the beginning, `refuse` gives up. */
  readonly longer: 'cut' | 'refuse';
  /** Only over TLS, at every step. */
  readonly secure?: boolean;
  readonly signal: AbortSignal;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** For tests: another house, another net. */
export interface OutsideOptions {
  readonly resolve?: (host: string, signal: AbortSignal) => Promise<readonly Address[]>;
  readonly isAllowed?: (address: string) => boolean;
  readonly isPort?: (port: string) => boolean;
}

export type Outside = (url: string, wanted: Wanted) => Promise<Fetched>;

/** Not fetched, and why: for the log, never for people. */
export class NotFetched extends Error {
  override name = 'NotFetched';
}

const REDIRECTS_MAX = 3;
const NAME_MS = 1_000;

/**
 * Asks the name servers themselves, not the system: that would take one of few threads, for as long as a dead server pleases.
 * Names that only the hosts file of this machine knows are not found; they are nobody's page.
 */
async function resolveName(host: string, signal: AbortSignal): Promise<Address[]> {
  // Whoever is asked: it is this machine (RFC 6761), also with the dot that ends every name.
  if (/(?:^|\.)localhost\.?$/.test(host)) return [{ address: '127.0.0.1', family: 4 }];
  const resolver = new Resolver({ timeout: NAME_MS, tries: 2 });
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    const found = (from: typeof four, family: number): Address[] =>
      from.status === 'fulfilled' ? from.value.map((address) => ({ address, family })) : [];
    return [...found(four, 4), ...found(six, 6)];
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** No longer than the signal lets. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

export function createOutside({
  resolve = resolveName,
  isAllowed = isPublicAddress,
  // The ones of the schemes themselves: others are services of another kind.
  isPort = (port) => port === '',
}: OutsideOptions = {}): Outside {
  const addressesOf = async (url: URL, signal: AbortSignal): Promise<readonly [Address, ...Address[]]> => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    const found = family > 0 ? [{ address: host, family }] : await within(signal, resolve(host, signal));
    const [first, ...others] = found;
    if (!first) throw new NotFetched('the name has no address');
    // One bad address among good ones is a trap, or a mistake that is not ours to guess around.
    if (!found.every(({ address }) => isAllowed(address))) throw new NotFetched('the address is not public');
    return [first, ...others];
  };

  const ask = async (url: URL, { accept, signal, secure = false }: Wanted): Promise<IncomingMessage> => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new NotFetched('not http');
    if (secure && url.protocol !== 'https:') throw new NotFetched('not https');
    if (!isPort(url.port)) throw new NotFetched('another port');
    if (url.username !== '' || url.password !== '') throw new NotFetched('a password in the link');
    const targets = await addressesOf(url, signal);
    signal.throwIfAborted();
    const request = url.protocol === 'https:' ? secureRequest : plainRequest;
    return new Promise((resolved, reject) => {
      const asked = request(url, {
        method: 'GET',
        // A connection of its own, to the addresses that were judged: no second look at the name.
        agent: false,
        lookup: (_host, options, callback) =>
          options.all ? callback(null, [...targets]) : callback(null, targets[0].address, targets[0].family),
        headers: {
          accept,
          'accept-encoding': 'gzip, br',
          'accept-language': 'en',
          'user-agent': 'Mozilla/5.0 (compatible; Kith link preview)',
        },
        maxHeaderSize: 16 * 1024,
        signal,
      });
      asked.once('response', resolved);
      asked.once('error', reject);
      asked.end();
    });
  };

  const follow: Outside = async (link, wanted) => {
    let url = new URL(link);
    for (let step = 0; step <= REDIRECTS_MAX; step += 1) {
      const response = await ask(url, wanted);
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy();
        if (!URL.canParse(headers.location, url.href)) throw new NotFetched('redirected to nowhere');
        url = new URL(headers.location, url);
        continue;
      }
      const contentType = headers['content-type'] ?? '';
      const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
      if (statusCode !== 200 || !wanted.isWanted(type)) {
        response.destroy();
        throw new NotFetched(`answered ${statusCode} ${type}`);
      }
      return { url, contentType, bytes: await bodyOf(response, wanted) };
    }
    throw new NotFetched('redirected too often');
  };

  return async (link, wanted) => {
    try {
      return await follow(link, wanted);
    } catch (error) {
      if (error instanceof NotFetched || !isOfTheNet(error)) throw error;
      throw new NotFetched(error.message, { cause: error });
    }
  };
}

/** What sockets, names, packed bodies and run out patience throw. */
const isOfTheNet = (error: unknown): error is Error =>
  error instanceof Error && ('code' in error || error.name === 'TimeoutError' || error.name === 'AbortError');

/** Counted as unpacked: what a server says of its length is its word, and a small packet unpacks to anything. */
async function bodyOf(response: IncomingMessage, { mostBytes, longer }: Wanted): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  const stream = unpacked(response);
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      length += part.length;
      parts.push(part);
      if (length <= mostBytes) continue;
      if (longer === 'refuse') throw new NotFetched('too large');
      break;
    }
  } finally {
    response.destroy();
    stream.destroy();
  }
  return Buffer.concat(parts).subarray(0, mostBytes);
}

function unpacked(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const unpack =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'br'
        ? createBrotliDecompress()
        : encoding === 'deflate'
          ? createInflate()
          : undefined;
  if (!unpack) {
    if (encoding === 'identity') return response;
    response.destroy();
    throw new NotFetched(`packed as ${encoding}`);
  }
  response.once('error', (error) => unpack.destroy(error));
  return response.pipe(unpack);
}
