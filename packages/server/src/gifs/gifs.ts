/**
 * Moving pictures from a provider, by way of this service: readers ask us, we ask the provider, and the provider learns no
 * address but ours. The address of a picture is signed, so that nobody makes us fetch what they like.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  FoundGif,
  type GifProvider,
  type ImageType,
  KithError,
  limits,
  type Output,
  type ParsedInput,
} from '@kith/protocol';
import { imageTypeOf } from '../blobs/image.ts';
import { createCache } from '../cache.ts';
import { fetchOutside } from './outside.ts';
import type { Provider, ProviderGif } from './provider.ts';

export interface Gifs {
  /** Null: there is none. */
  readonly provider: GifProvider | null;
  /** @throws KithError not_found (no provider), unavailable. */
  search(input: ParsedInput<'searchGifs'>): Promise<Output<'searchGifs'>>;
  /** The picture behind the last part of a signed path. @throws KithError not_found, unavailable. */
  media(signed: string): Promise<GifMedia>;
}

export interface GifMedia {
  readonly mime: ImageType;
  readonly bytes: Buffer;
}

/** Where a service has none. */
export const noGifs: Gifs = {
  provider: null,
  search: () => Promise.reject(nothingHere()),
  media: () => Promise.reject(nothingHere()),
};

const nothingHere = (): KithError =>
  new KithError('not_found', { message: 'This service is not set up to search GIFs.' });

const MEDIA_PATH = '/v1/gifs/media/';
/** Bits enough that guessing one takes longer than the picture lives. */
const SIGNATURE = 22;

const ANSWER_BYTES = 2 * 1024 * 1024;
const MEDIA_BYTES = 6 * 1024 * 1024;
/** The same words are searched by many, and what is in fashion by everybody. */
const ANSWERS_KEPT_MS = 10 * 60_000;
const MOST_ANSWERS = 200;
const CACHED_MEDIA_BYTES = 64 * 1024 * 1024;
/** Pictures fetched at once; each may hold `MEDIA_BYTES`. */
const MOST_FETCHES = 24;

export interface GifsOptions {
  readonly provider: Provider;
  /** Another address of the provider: a proxy of one's own. Its pictures may be there too. */
  readonly base: string | null;
  readonly secret: string;
  readonly now?: () => number;
}

export function createGifs({ provider, base, secret, now = () => performance.now() }: GifsOptions): Gifs {
  const signatureOf = (address: string): string =>
    createHmac('sha256', secret).update(`gif ${address}`).digest('base64url').slice(0, SIGNATURE);
  /** Ours for theirs; null for an address we would not fetch. */
  const ours = (url: string): string | null => {
    if (!isAllowed(url)) return null;
    const address = Buffer.from(url).toString('base64url');
    return `${MEDIA_PATH}${address}.${signatureOf(address)}`;
  };
  const isAllowed = (url: string): boolean => {
    if (!URL.canParse(url)) return false;
    const { protocol, hostname, origin, username } = new URL(url);
    if (username !== '') return false;
    if (base !== null && origin === new URL(base).origin) return true;
    return protocol === 'https:' && provider.mediaHost.test(hostname);
  };
  /** Theirs for ours; null for one that we did not sign. */
  const theirs = (signed: string): string | null => {
    const [address = '', signature = ''] = signed.split('.', 2);
    const given = Buffer.from(signature);
    const expected = Buffer.from(signatureOf(address));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const url = Buffer.from(address, 'base64url').toString('utf8');
    // Signed for another provider, which was replaced since.
    return isAllowed(url) ? url : null;
  };
  const toGif = ({ id, url, still, thumb, width, height, alt }: ProviderGif): FoundGif[] => {
    const words = alt.replace(/\s+/g, ' ').trim().slice(0, limits.gifAltLength) || 'GIF';
    const gif = {
      provider: provider.name,
      id,
      path: ours(url),
      still: ours(still),
      thumb: ours(thumb),
      width,
      height,
    };
    // The schema has the last word: what others wrote shall not break an answer of ours.
    const found = FoundGif.safeParse({ ...gif, alt: words.toWellFormed() });
    return found.success ? [found.data] : [];
  };

  const answers = createCache<Output<'searchGifs'>>({
    most: MOST_ANSWERS,
    weigh: () => 1,
    keepMs: ANSWERS_KEPT_MS,
    now,
  });
  const pictures = createCache<GifMedia>({
    most: CACHED_MEDIA_BYTES,
    weigh: ({ bytes }) => bytes.length,
    now,
  });
  let fetches = 0;

  const ask = async (path: string): Promise<Output<'searchGifs'>> => {
    const body = await fetchOutside(`${base ?? provider.base}${path}`, 'application/json', ANSWER_BYTES);
    try {
      const { gifs, position } = provider.understand(JSON.parse(body.toString('utf8')));
      const next = position === null ? null : position.slice(0, 500);
      return { provider: provider.name, gifs: gifs.flatMap(toGif), next };
    } catch (cause) {
      throw new KithError('unavailable', {
        message: 'The provider of GIFs answers what nobody understands.',
        cause,
      });
    }
  };
  const fetchMedia = async (url: string): Promise<GifMedia> => {
    if (fetches >= MOST_FETCHES) throw new KithError('unavailable', { retryAfterMs: 1_000 });
    fetches += 1;
    try {
      const bytes = await fetchOutside(url, 'image/*', MEDIA_BYTES);
      const mime = imageTypeOf(bytes);
      if (mime === null)
        throw new KithError('not_found', { message: 'There is no picture at this address.' });
      return { mime, bytes };
    } finally {
      fetches -= 1;
    }
  };

  return {
    provider: provider.name,
    search: ({ query = '', language = 'en', cursor }) => {
      const path = provider.ask({ query: query.trim().toLowerCase(), language, position: cursor ?? null });
      return answers.get(path, () => ask(path));
    },
    media: async (signed) => {
      const url = theirs(signed);
      if (url === null) throw new KithError('not_found');
      return pictures.get(url, () => fetchMedia(url));
    },
  };
}
