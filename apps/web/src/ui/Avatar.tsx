import { Bookmark, Ghost, Hash, Lock, type LucideIcon } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import { useClient } from '../app/client.tsx';

/** One of the eight hues (--kith-hue-0 to 7), the same for an id on every device. */
export function hueOf(id: string): number {
  // Over all of it and well mixed: people whose ids were made together must not all look alike.
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % 8;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const first = (word: string): string => [...segmenter.segment(word)][0]?.segment ?? '';

/** "Ada Lovelace" → "AL", "ada" → "A", "京都" → "京". Never more than two. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\p{P}]+/u).filter(Boolean);
  const last = words.length > 1 ? first(words.at(-1)!) : '';
  return (first(words[0] ?? '?') + last).toLocaleUpperCase();
}

export type AvatarGlyph = 'self' | 'channel' | 'locked' | 'gone';
const GLYPHS: Record<AvatarGlyph, LucideIcon> = { self: Bookmark, channel: Hash, locked: Lock, gone: Ghost };

export interface AvatarProps {
  /** Chooses the hue: the user's id, or the conversation's. */
  readonly id: string;
  readonly name: string;
  /** The id of its picture. Initials stand there until it is here, and where it does not come. */
  readonly image?: string | undefined;
  /** Pixels: 20, 28, 32, 36, 44, 72, 96. */
  readonly size?: number;
  readonly presence?: 'online' | 'away' | 'offline' | undefined;
  /** A sign instead of initials. */
  readonly glyph?: AvatarGlyph | undefined;
  /** Groups and channels are rounded squares, people are round: told apart at a glance. */
  readonly shape?: 'round' | 'square';
}

/** Decoration: the name always stands beside it, so it is hidden from screen readers; presence is told in words elsewhere. */
export function Avatar({ id, name, image, size = 44, presence, glyph, shape = 'round' }: AvatarProps) {
  const Glyph = glyph && GLYPHS[glyph];
  return (
    <span
      className="kith-avatar"
      data-shape={shape}
      data-hue={glyph === 'gone' ? undefined : hueOf(id)}
      style={{ '--kith-avatar-size': `${size}px` } as CSSProperties}
      aria-hidden="true"
    >
      <span className="kith-avatar-face">
        {Glyph ? <Glyph size={Math.round(size * 0.45)} strokeWidth={2} /> : initialsOf(name)}
      </span>
      {image !== undefined && !Glyph && <Picture key={image} image={image} />}
      {presence && presence !== 'offline' && (
        <span className="kith-avatar-presence" data-presence={presence} />
      )}
    </span>
  );
}

/** Lies over the initials, in a place that is there from the beginning: nothing moves when it comes. */
function Picture({ image }: { readonly image: string }) {
  const { blobs } = useClient();
  const [state, setState] = useState<'coming' | 'here' | 'failed'>('coming');
  if (state === 'failed') return null;
  return (
    <img
      // Kept from before: shown in the first frame, not faded in.
      ref={(element) => {
        if (element?.complete && element.naturalWidth > 0) setState('here');
      }}
      className="kith-avatar-picture"
      data-state={state}
      src={blobs.url(image)}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onLoad={() => setState('here')}
      onError={() => setState('failed')}
    />
  );
}
