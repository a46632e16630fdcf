/** Custom emoji: an image where an emoji may stand. One that does not exist (any more) shows as it is written. */
import type { CustomEmoji } from '@kith/protocol';
import { useClient, useReadable } from '../app/client.tsx';
import { CUSTOM, type Emoji, type EmojiData } from './data.ts';
import './custom.css';

const WRITTEN = /^:([a-z0-9_+-]{2,32}):$/;

/** The name in `:name:`; undefined for an emoji of the world's. */
export const customName = (emoji: string): string | undefined => WRITTEN.exec(emoji)?.[1];

export const useCustomEmoji = (): ReadonlyMap<string, CustomEmoji> => useReadable(useClient().emoji.byName);

/** One emoji of either kind, as large as the text around it. */
export function EmojiGlyph({ emoji }: { readonly emoji: string }) {
  const name = customName(emoji);
  return name === undefined ? emoji : <CustomGlyph name={name} />;
}

export function CustomGlyph({ name }: { readonly name: string }) {
  const client = useClient();
  const found = useCustomEmoji().get(name);
  const written = `:${name}:`;
  if (!found) return written;
  return (
    <img
      className="kith-custom-emoji"
      src={client.blobs.url(found.blobId)}
      alt={written}
      title={written}
      // As wide as it will be before it is there.
      style={{ aspectRatio: `${found.width} / ${found.height}` }}
      draggable={false}
    />
  );
}

const asEmoji = ({ name }: CustomEmoji): Emoji => ({
  char: `:${name}:`,
  name: name.replaceAll('_', ' '),
  group: CUSTOM,
  words: [],
  shortcodes: [name],
  tones: [],
});

/** The emoji of the world and of this place, its own first. */
export function withCustom(data: EmojiData, custom: ReadonlyMap<string, CustomEmoji>): EmojiData {
  if (custom.size === 0) return data;
  const own = [...custom.values()].map(asEmoji);
  const all = [...own, ...data.all];
  return { all, byChar: new Map(all.map((emoji) => [emoji.char, emoji])) };
}
