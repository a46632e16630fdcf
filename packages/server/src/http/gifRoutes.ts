/** The pictures of the provider of GIFs, as if they were ours. */
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './app.ts';
import { HARMLESS } from './blobRoutes.ts';
import { callerOf } from './caller.ts';

/** The longest address of a picture, in base64, and its signature. */
const MAX_SIGNED = 1_500;

export function registerGifs(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { gifs } = dependencies.services;
  // A wildcard: a parameter of a path is bounded shorter.
  app.get<{ Params: { '*': string } }>('/v1/gifs/media/*', async (request, reply) => {
    await callerOf(request, 'media', dependencies);
    const { mime, bytes } = await gifs.media(request.params['*'].slice(0, MAX_SIGNED));
    return reply
      .headers({
        ...HARMLESS,
        'cache-control': 'private, max-age=31536000, immutable',
        'content-disposition': `inline; filename="gif.${mime.slice('image/'.length)}"`,
      })
      .type(mime)
      .send(bytes);
  });
}
