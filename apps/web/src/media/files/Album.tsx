/** Pictures and videos of a message as one mosaic; a press opens them over everything. */
import type { TimelineMessage } from '@kith/client';
import type { MessageFile } from '@kith/protocol';
import { Play } from 'lucide-react';
import { type CSSProperties, type ReactNode, useMemo, useState } from 'react';
import { reducedMotion, useMedia } from '../../app/media.ts';
import { t } from '../../i18n/index.ts';
import { openViewer } from '../viewer/opened.ts';
import type { AlbumLayout, Tile } from './album.ts';
import { AlbumRoom, albumOf } from './FilesRoom.tsx';
import { HoldButton } from './HoldButton.tsx';
import type { Measured } from './kind.ts';
import { fateText, Picture, usePicture } from './Picture.tsx';
import { placeholderUrl } from './placeholder.ts';
import { placeOf } from './source.ts';
import { TransferRing } from './TransferRing.tsx';
import { clockText } from './words.ts';
import './files.css';

export function Album({
  files,
  message,
  captioned,
  end,
}: {
  readonly files: readonly Measured[];
  readonly message: TimelineMessage;
  /** Words stand below it. */
  readonly captioned: boolean;
  readonly end: ReactNode;
}) {
  const layout = useMemo(() => albumOf(files, captioned), [files, captioned]);
  return (
    <AlbumRoom layout={layout}>
      {files.map((file, at) => {
        const tile = layout.tiles[at];
        return (
          tile && <TileView key={file.fileId} file={file} message={message} tile={tile} layout={layout} />
        );
      })}
      <span className="kith-album-hold">
        <HoldButton message={message} files={files} />
      </span>
      {end}
    </AlbumRoom>
  );
}

/** In shares of the album, which may be narrower than it would like to be. */
const placed = (tile: Tile, { width, height }: AlbumLayout): CSSProperties => ({
  insetInlineStart: `${(tile.x / width) * 100}%`,
  insetBlockStart: `${(tile.y / height) * 100}%`,
  inlineSize: `${(tile.width / width) * 100}%`,
  blockSize: `${(tile.height / height) * 100}%`,
});

/** Above these a ring still leaves something to see, px. */
const RING = 48;
const SMALL_RING = 36;

function TileView({
  file,
  message,
  tile,
  layout,
}: {
  readonly file: Measured;
  readonly message: TimelineMessage;
  readonly tile: Tile;
  readonly layout: AlbumLayout;
}) {
  const still = useMedia(reducedMotion);
  const [wanted, setWanted] = useState(false);
  const waits = file.animated === true && still && !wanted;
  const picture = usePicture(file, tile.width, !waits);
  const { fate } = picture;
  const place = placeOf(message);
  const blur = placeholderUrl(file.placeholder);
  const label = pictureLabel(file);
  const style: CSSProperties = {
    ...placed(tile, layout),
    ...(blur !== undefined && { backgroundImage: `url("${blur}")` }),
  };
  const press = (): void => {
    if (fate === 'lost') return picture.retry();
    if (waits) return setWanted(true);
    openViewer({ ...place, fileId: file.fileId }, message.record);
  };
  const small = Math.min(tile.width, tile.height) < 100;
  return (
    <div className="kith-tile" style={style}>
      <button
        type="button"
        className="kith-tile-open"
        aria-label={fate === 'fine' ? label : `${label}. ${fateText(fate)}`}
        onClick={press}
      >
        <Picture place={place} state={picture} alt={label} />
        {(file.kind === 'video' || waits) && fate === 'fine' && message.state !== 'pending' && (
          <span className="kith-tile-play" data-small={small || undefined} aria-hidden="true">
            <Play size={small ? 16 : 22} strokeWidth={2} fill="currentColor" />
          </span>
        )}
      </button>
      {(file.kind === 'video' || file.animated) && (
        <span className="kith-tile-sign" aria-hidden="true">
          {file.kind === 'video' ? clockText(file.duration ?? 0) : t('attachment.gif')}
        </span>
      )}
      <span className="kith-tile-ring">
        <TransferRing fileId={file.fileId} message={message} size={small ? SMALL_RING : RING} />
      </span>
    </div>
  );
}

/** What a voice says of it. */
export function pictureLabel({ kind, name, duration, animated }: MessageFile): string {
  if (kind === 'video') {
    return duration === undefined
      ? t('file.video', { name })
      : t('file.videoLong', { name, time: clockText(duration) });
  }
  return animated ? t('file.gif', { name }) : t('file.photo', { name });
}
