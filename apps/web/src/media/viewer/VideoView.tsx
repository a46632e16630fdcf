/** A video, played by the browser; of what it cannot play stands there what is done about it. */
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { isGone, placeOfRecord, useFileUrl } from '../files/source.ts';
import { leaveFloor, takeFloor } from '../play/floor.ts';
import { closeViewer } from './opened.ts';
import { Unplayable } from './Unplayable.tsx';
import { useSpace } from './useSpace.ts';
import './viewer.css';

type State = 'fine' | 'unplayable' | 'gone';

export function VideoView({ record, file }: { readonly record: MessageRecord; readonly file: MessageFile }) {
  const place = placeOfRecord(record);
  const video = useRef<HTMLVideoElement>(null);
  useSpace(video);
  // What plays is not changed under whoever sees it.
  const [source, setSource] = useState(file.playable?.fileId ?? file.fileId);
  const url = useFileUrl(place, source);
  const poster = useFileUrl(place, file.thumbnail?.fileId);
  const [state, setState] = useState<State>('fine');
  if (state === 'unplayable' && file.playable && file.playable.fileId !== source) {
    setSource(file.playable.fileId);
    setState('fine');
  }

  useEffect(() => {
    const element = video.current;
    if (!element || url === undefined) return;
    // Whoever opened it meant to see it; where the browser wants a press first, its own button waits for that.
    element.play().catch(() => undefined);
    const quiet = (): void => element.pause();
    const speak = (): void => takeFloor(quiet);
    element.addEventListener('play', speak);
    return () => {
      element.removeEventListener('play', speak);
      element.pause();
      leaveFloor(quiet);
    };
  }, [url]);

  if (state === 'unplayable') return <Unplayable record={record} file={file} />;
  if (state === 'gone') {
    return (
      <div className="kith-viewer-none" role="status">
        <p>{t('file.gone')}</p>
      </div>
    );
  }
  const shape: CSSProperties =
    file.width && file.height ? { aspectRatio: `${file.width} / ${file.height}` } : {};
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does it
    // biome-ignore lint/a11y/noStaticElementInteractions: a press beside the video closes, as beside a picture
    <div
      className="kith-viewer-video"
      onClick={(event) => event.target === event.currentTarget && closeViewer()}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote down what is said in it */}
      <video
        ref={video}
        style={shape}
        src={url}
        poster={poster}
        controls
        playsInline
        preload="metadata"
        aria-label={t('file.video', { name: file.name })}
        onError={() => {
          if (url !== undefined) void isGone(url).then((gone) => setState(gone ? 'gone' : 'unplayable'));
        }}
      />
    </div>
  );
}
