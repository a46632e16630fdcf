/**
 * What the pictures and the sound of an MP4 or QuickTime file are coded in, by its boxes: whether browsers play it is known without
 * reading the rest, and without a program of others.
 */
import { boxesOf } from './boxes.ts';
import type { Pages } from './bytes.ts';

/** Null: nothing of it is there. */
export interface Playing {
  /** Every picture track is one that all browsers draw; likewise the sound. */
  readonly picture: boolean | null;
  readonly sound: boolean | null;
}

/** H.264 in its Baseline, Main and High profiles: eight bits, a colour for four dots. */
const PROFILES: ReadonlySet<number> = new Set([66, 77, 100]);
/** Of a description of pictures, what comes before the boxes in it. */
const PICTURE_HEADER = 78;

export async function playingOfMp4(pages: Pages, size: number): Promise<Playing> {
  const { within, inside, head } = boxesOf(pages);
  let playing: Playing = { picture: null, sound: null };

  for await (const movie of within(0, size)) {
    if (movie.name !== 'moov') continue;
    for await (const track of inside(movie)) {
      if (track.name !== 'trak') continue;
      for await (const media of inside(track)) {
        if (media.name !== 'mdia') continue;
        let kind = '';
        for await (const part of inside(media)) {
          if (part.name === 'hdlr') kind = (await head(part, 12)).toString('latin1', 8, 12);
          if (part.name !== 'minf' || (kind !== 'vide' && kind !== 'soun')) continue;
          const fine = await isFine(part, kind);
          if (kind === 'vide') playing = { ...playing, picture: fine && playing.picture !== false };
          else playing = { ...playing, sound: fine && playing.sound !== false };
        }
      }
    }
    break;
  }
  return playing;

  async function isFine(part: Parameters<typeof inside>[0], kind: 'vide' | 'soun'): Promise<boolean> {
    for await (const table of inside(part)) {
      if (table.name !== 'stbl') continue;
      for await (const descriptions of inside(table)) {
        if (descriptions.name !== 'stsd') continue;
        let fine = true;
        // A version and how many there are come first.
        for await (const one of inside(descriptions, 8))
          fine &&= kind === 'soun' ? one.name === 'mp4a' : one.name === 'avc1' && (await isPlainAvc(one));
        return fine;
      }
    }
    return false;
  }

  async function isPlainAvc(description: Parameters<typeof inside>[0]): Promise<boolean> {
    for await (const inner of inside(description, PICTURE_HEADER)) {
      if (inner.name === 'avcC') return PROFILES.has((await head(inner, 2)).at(1) ?? 0);
    }
    return false;
  }
}
