/** The room a message's files take in the timeline, known before their drawing is loaded and long before their bytes are. */
import type { MessageFile } from '@kith/protocol';
import type { CSSProperties, ReactNode } from 'react';
import { type AlbumLayout, albumLayout } from './album.ts';
import { isPicture, type Measured } from './kind.ts';
import './room.css';

/** Of what is no picture, px: as it is drawn. */
const HEIGHTS: Readonly<Partial<Record<MessageFile['kind'], number>>> = { voice: 31, round: 240 };
const ROW = 56;

/** Pictures first, together; the rest below, in their order. */
export function arranged(files: readonly MessageFile[]): {
  readonly pictures: readonly Measured[];
  readonly others: readonly MessageFile[];
} {
  return { pictures: files.filter(isPicture), others: files.filter((file) => !isPicture(file)) };
}

/** Words below a picture need some room, however narrow it is, px. */
const CAPTION_LEAST = 240;

/** The mosaic, widened for words below it. */
export function albumOf(pictures: readonly Measured[], captioned: boolean): AlbumLayout {
  const layout = albumLayout(pictures);
  const [tile] = layout.tiles;
  if (!captioned || layout.tiles.length !== 1 || !tile || layout.width >= CAPTION_LEAST) return layout;
  return { ...layout, width: CAPTION_LEAST, tiles: [{ ...tile, width: CAPTION_LEAST }] };
}

export function FilesRoom({
  files,
  end,
}: {
  readonly files: readonly MessageFile[];
  readonly end: ReactNode;
}) {
  const { pictures, others } = arranged(files);
  return (
    <div className="kith-files">
      {pictures.length > 0 && (
        <AlbumRoom layout={albumOf(pictures, !end)}>{others.length === 0 && end}</AlbumRoom>
      )}
      {others.map((file) => (
        <FileRoom key={file.fileId} file={file} />
      ))}
      {others.length > 0 && end}
    </div>
  );
}

export const FileRoom = ({ file }: { readonly file: MessageFile }) => (
  <div className="kith-file-room" style={{ blockSize: HEIGHTS[file.kind] ?? ROW }} />
);

export function AlbumRoom({
  layout: { width, height },
  children,
}: {
  readonly layout: AlbumLayout;
  readonly children: ReactNode;
}) {
  const style: CSSProperties = { inlineSize: width, aspectRatio: `${width} / ${height}` };
  return (
    <div className="kith-album" style={style}>
      {children}
    </div>
  );
}
