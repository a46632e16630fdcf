import { z } from 'zod';
import { CustomEmoji, CustomEmojiName } from '../emoji.ts';
import { Id, Rev } from '../scalars.ts';
import { command } from './command.ts';

export const emojiCommands = {
  listEmoji: command({
    summary:
      'The custom emoji of this place, by name: all of them, for they are bounded. `rev` rises with every change.',
    input: z.strictObject({}),
    output: z.object({ emoji: z.array(CustomEmoji), rev: Rev }),
    errors: [],
    http: { method: 'GET', path: '/emoji' },
    rate: 'read',
  }),
  addEmoji: command({
    summary:
      'Add a custom emoji, written `:name:`, with an uploaded image of purpose `emoji`. Owner and admins of the place do.',
    input: z.strictObject({ name: CustomEmojiName, blobId: Id }),
    output: z.object({ emoji: CustomEmoji, rev: Rev }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'POST', path: '/emoji' },
    rate: 'write',
  }),
  removeEmoji: command({
    summary:
      'Remove a custom emoji; where it was written it shows as its name. Owner and admins of the place do.',
    input: z.strictObject({ name: CustomEmojiName }),
    output: z.object({ rev: Rev }),
    errors: ['forbidden'],
    http: { method: 'DELETE', path: '/emoji/{name}' },
    rate: 'write',
  }),
} as const;
