import { z } from 'zod';
import { limits } from '../limits.ts';
import { Emoji, Id, Label } from '../scalars.ts';
import { Sticker, StickerPack } from '../stickers.ts';
import { command } from './command.ts';

const one = { packId: Id };
const path = '/sticker-packs/{packId}';
const pack = z.object({ pack: StickerPack });
const whole = z.object({ pack: StickerPack, stickers: z.array(Sticker) });

export const stickerCommands = {
  listStickerPacks: command({
    summary:
      'The sticker packs one has: made or installed, the latest first. All of them, for they are bounded.',
    input: z.strictObject({}),
    output: z.object({ packs: z.array(StickerPack) }),
    errors: [],
    http: { method: 'GET', path: '/sticker-packs' },
    rate: 'read',
  }),
  getStickerPack: command({
    summary: 'A pack with its stickers. Whoever got one of them may look, and install it.',
    input: z.strictObject(one),
    output: whole,
    errors: ['not_found'],
    http: { method: 'GET', path },
    rate: 'read',
  }),
  createStickerPack: command({
    summary:
      'Make a pack; it is installed at once. Repeating it with the same `packId` returns the first result (S7).',
    input: z.strictObject({ ...one, name: Label(limits.nameLength) }),
    output: pack,
    errors: ['conflict', 'limit_reached'],
    http: { method: 'POST', path: '/sticker-packs' },
    rate: 'invite',
  }),
  addSticker: command({
    summary: 'Put an uploaded image of purpose `sticker` into a pack of one’s own. May be repeated (S7).',
    input: z.strictObject({
      ...one,
      stickerId: Id,
      blobId: Id,
      emoji: Emoji,
      alt: Label(limits.nameLength),
    }),
    output: z.object({ sticker: Sticker }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'POST', path: `${path}/stickers` },
    rate: 'write',
  }),
  removeSticker: command({
    summary: 'Take a sticker out of a pack of one’s own. Messages that show it keep showing it.',
    input: z.strictObject({ ...one, stickerId: Id }),
    output: z.object({}),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: `${path}/stickers/{stickerId}` },
    rate: 'write',
  }),
  installStickerPack: command({
    summary: 'Have a pack at hand.',
    input: z.strictObject(one),
    output: pack,
    errors: ['not_found', 'limit_reached'],
    http: { method: 'PUT', path: `${path}/installed` },
    rate: 'write',
  }),
  uninstallStickerPack: command({
    summary: 'Have it no longer at hand; also one of one’s own, which others keep.',
    input: z.strictObject(one),
    output: z.object({}),
    errors: [],
    http: { method: 'DELETE', path: `${path}/installed` },
    rate: 'write',
  }),
} as const;
