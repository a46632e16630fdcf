import type { MessageFile } from '@kith/protocol';
import { expect, it } from 'vitest';
import { layersOf } from './layers.ts';

const thumbnail = { fileId: 'small', mime: 'image/webp', size: 9_000, width: 640, height: 480 };
const photo: MessageFile = {
  fileId: 'full',
  kind: 'image',
  name: 'a.jpg',
  mime: 'image/jpeg',
  size: 900_000,
  width: 2_048,
  height: 1_536,
  thumbnail,
};
const need = { pixels: 420, sparing: false, moving: true, full: false };
const none = new Set<string>();

it('is the small picture where it is enough', () => {
  expect(layersOf(photo, need, none)).toEqual(['small']);
});

it('has the full one above it on a sharper screen, unless that is dear', () => {
  expect(layersOf(photo, { ...need, pixels: 840 }, none)).toEqual(['small', 'full']);
  expect(layersOf(photo, { ...need, pixels: 840, sparing: true }, none)).toEqual(['small']);
  expect(layersOf({ ...photo, size: 20_000_000 }, { ...need, pixels: 840 }, none)).toEqual(['small']);
});

it('leaves one of very many pixels to whoever opens it, however few bytes it has', () => {
  const sharp = { ...need, pixels: 840 };
  const wide: MessageFile = { ...photo, size: 305_000, width: 11_000, height: 9_000 };
  expect(layersOf(wide, sharp, none)).toEqual(['small']);
  expect(layersOf({ ...wide, mime: 'image/gif', animated: true }, sharp, none)).toEqual(['small']);
  expect(layersOf({ ...wide, width: 6_000, height: 4_000 }, sharp, none)).toEqual(['small', 'full']);
  expect(layersOf(wide, sharp, new Set(['small']))).toEqual(['full']);
});

it('is the full one where there is no small one, or it was lost', () => {
  const { thumbnail: _, ...bare } = photo;
  expect(layersOf(bare, { ...need, sparing: true }, none)).toEqual(['full']);
  expect(layersOf(photo, need, new Set(['small']))).toEqual(['full']);
  expect(layersOf(photo, need, new Set(['small', 'full']))).toEqual([]);
});

it('keeps the full one when a small one is made later', () => {
  expect(layersOf(photo, { ...need, full: true }, none)).toEqual(['small', 'full']);
});

it('moves only when it may', () => {
  const gif: MessageFile = { ...photo, mime: 'image/gif', animated: true };
  expect(layersOf(gif, need, none)).toEqual(['small', 'full']);
  expect(layersOf(gif, { ...need, moving: false }, none)).toEqual(['small']);
});

it('never draws what a browser cannot, nor a video as a picture', () => {
  expect(layersOf({ ...photo, mime: 'image/heic' }, { ...need, pixels: 900 }, none)).toEqual(['small']);
  expect(layersOf({ ...photo, kind: 'video', mime: 'video/mp4' }, need, new Set(['small']))).toEqual([]);
});
