/** The picture of a message that is one line, as small as it came with the record; what makes one of those bytes is fetched for it. */
import type { ReactNode } from 'react';
import { placeholderUrl } from '../media/files/placeholder.ts';

export default function LineBlur({
  placeholder,
  isRound,
  fallback,
}: {
  readonly placeholder: string;
  readonly isRound: boolean;
  /** Of bytes that make no picture. */
  readonly fallback: ReactNode;
}) {
  const blur = placeholderUrl(placeholder);
  if (!blur) return fallback;
  return (
    <span
      className="kith-line-picture"
      data-round={isRound || undefined}
      style={{ backgroundImage: `url(${blur})` }}
    />
  );
}
