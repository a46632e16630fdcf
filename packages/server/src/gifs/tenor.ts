/** Tenor, version 2 of its API. */
import { z } from 'zod';
import { PAGE, type Provider, type ProviderGif } from './provider.ts';

const Media = z.object({ url: z.string(), dims: z.tuple([z.int(), z.int()]) });
const Result = z.object({
  id: z.string(),
  content_description: z.string().catch(''),
  media_formats: z.object({ mediumgif: Media, tinygif: Media, gifpreview: Media }),
});
const Answer = z.object({ results: z.array(z.unknown()), next: z.string().catch('') });

export const tenor = (key: string): Provider => ({
  name: 'tenor',
  base: 'https://tenor.googleapis.com',
  mediaHost: /^(media\d?|c)\.tenor\.com$/,
  ask: ({ query, language, position }) => {
    const parameters = new URLSearchParams({
      key,
      client_key: 'kith',
      limit: String(PAGE),
      locale: language,
      contentfilter: 'medium',
      media_filter: 'mediumgif,tinygif,gifpreview',
      ...(query !== '' && { q: query }),
      ...(position !== null && { pos: position }),
    });
    return `/v2/${query === '' ? 'featured' : 'search'}?${parameters}`;
  },
  understand: (answer) => {
    const { results, next } = Answer.parse(answer);
    return { gifs: results.flatMap(toGif), position: next === '' ? null : next };
  },
});

function toGif(value: unknown): ProviderGif[] {
  const result = Result.safeParse(value);
  if (!result.success) return [];
  const { id, content_description: alt, media_formats: media } = result.data;
  const [width, height] = media.mediumgif.dims;
  return [
    {
      id,
      alt,
      width,
      height,
      url: media.mediumgif.url,
      still: media.gifpreview.url,
      thumb: media.tinygif.url,
    },
  ];
}
