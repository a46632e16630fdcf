/** The room a GIF takes in the timeline, known before anything of it is there. */
import type { GifAttachment } from '@kith/protocol';
import type { CSSProperties, ReactNode } from 'react';
import './gifs.css';

const WIDEST = 280;
const HIGHEST = 320;

export function GifRoom({
  gif: { width, height },
  children,
}: {
  readonly gif: Pick<GifAttachment, 'width' | 'height'>;
  readonly children?: ReactNode;
}) {
  const shown = Math.round(Math.min(WIDEST, (HIGHEST * width) / height));
  const style: CSSProperties = { inlineSize: shown, aspectRatio: `${width} / ${height}` };
  return (
    <span className="kith-gif" style={style}>
      {children}
    </span>
  );
}
