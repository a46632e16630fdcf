import type { CSSProperties } from 'react';

/** The place of something to come. It shows itself only after 200 ms: what is quicker must not flash. */
export function Skeleton({
  width,
  height,
  round,
}: {
  readonly width: number | string;
  readonly height: number;
  readonly round?: boolean;
}) {
  const style: CSSProperties = { inlineSize: width, blockSize: height };
  return <span className="kith-skeleton" data-round={round || undefined} style={style} aria-hidden="true" />;
}
