import { z } from 'zod';
import { FoundGif, GifProvider } from '../attachments.ts';
import { limits } from '../limits.ts';
import { Cursor, Text } from '../scalars.ts';
import { command } from './command.ts';

export const gifCommands = {
  searchGifs: command({
    summary:
      'Moving pictures of the provider that `welcome` names; without a query, the ones in fashion. Asked by the server, so that the provider learns nothing of who asks.',
    input: z.strictObject({
      query: Text(limits.queryLength).optional(),
      /** Of the person who searches, such as `de`. */
      language: z
        .string()
        .regex(/^[a-z]{2}$/)
        .optional(),
      cursor: Cursor.optional(),
    }),
    output: z.object({
      /** To be named where they are shown: their terms ask for it. */
      provider: GifProvider,
      gifs: z.array(FoundGif),
      next: Cursor.nullable(),
    }),
    errors: ['not_found'],
    http: { method: 'GET', path: '/gifs' },
    rate: 'outside',
  }),
} as const;
