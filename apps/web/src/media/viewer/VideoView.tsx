/** A video, played by the browser; what it cannot play may be had as a file. */
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { isGone, placeOfRecord, useFileUrl } from '../files/source.ts';
import { leaveFloor, takeFloor } from '../play/floor.ts';
import { closeViewer } from './opened.ts';
import './viewer.css';

type State = 'fine' | 'unplayable' | 'gone';

export function VideoView({ record, file }: { readonly record: MessageRecord; readonly file: MessageFile }) {
  const place = placeOfRecord(record);
  const video = useRef<HTMLVideoElement>(null);
  const url = useFileUrl(place, file.playable?.fileId ?? file.fileId);
  const poster = useFileUrl(place, file.thumbnail?.fileId);
  const download = useFileUrl(place, file.fileId, { download: true });
  const [state, setState] = useState<State>('fine');

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

  if (state !== 'fine') {
    return (
      <div className="kith-viewer-none" role="status">
        <p>{state === 'gone' ? t('file.gone') : t('viewer.unplayable')}</p>
        {state === 'unplayable' && download !== undefined && (
          <a className="kith-button" data-kind="secondary" href={download} download={file.name}>
            {t('file.save')}
          </a>
        )}
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
