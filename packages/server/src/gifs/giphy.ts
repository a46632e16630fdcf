/** GIPHY, version 1 of its API. */
import { z } from 'zod';
import { PAGE, type Provider, type ProviderGif } from './provider.ts';

const Side = z.coerce.number().int();
const Result = z.object({
  id: z.string(),
  title: z.string().catch(''),
  images: z.object({
    downsized_medium: z.object({ url: z.string(), width: Side, height: Side }),
    downsized_still: z.object({ url: z.string() }),
    fixed_width: z.object({ url: z.string() }),
  }),
});
const Answer = z.object({
  data: z.array(z.unknown()),
  pagination: z.object({ offset: z.int(), count: z.int(), total_count: z.int() }).optional(),
});

export const giphy = (key: string): Provider => ({
  name: 'giphy',
  base: 'https://api.giphy.com',
  mediaHost: /^(media\d?|i)\.giphy\.com$/,
  ask: ({ query, language, position }) => {
    const parameters = new URLSearchParams({
      api_key: key,
      limit: String(PAGE),
      rating: 'pg-13',
      offset: /^\d{1,5}$/.test(position ?? '') ? (position ?? '0') : '0',
      ...(query !== '' && { q: query, lang: language }),
    });
    return `/v1/gifs/${query === '' ? 'trending' : 'search'}?${parameters}`;
  },
  understand: (answer) => {
    const { data, pagination } = Answer.parse(answer);
    const end = pagination ? pagination.offset + pagination.count : 0;
    const more = pagination !== undefined && pagination.count > 0 && end < pagination.total_count;
    return { gifs: data.flatMap(toGif), position: more ? String(end) : null };
  },
});

function toGif(value: unknown): ProviderGif[] {
  const result = Result.safeParse(value);
  if (!result.success) return [];
  const { id, title: alt, images } = result.data;
  const { url, width, height } = images.downsized_medium;
  return [{ id, alt, width, height, url, still: images.downsized_still.url, thumb: images.fixed_width.url }];
}
