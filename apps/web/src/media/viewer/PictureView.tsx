/** A picture on the stage: what the timeline has of it at once, all its pixels as they come. */
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { useState } from 'react';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { isDrawn } from '../files/kind.ts';
import { placeholderUrl } from '../files/placeholder.ts';
import { isGone, placeOfRecord, useFileUrl } from '../files/source.ts';
import { Stage, type StageProps } from './Stage.tsx';
import './viewer.css';

type State = 'loading' | 'there' | 'lost' | 'gone';

export function PictureView({
  record,
  file,
  ...stage
}: {
  readonly record: MessageRecord;
  readonly file: MessageFile;
} & Omit<StageProps, 'size' | 'children'>) {
  const place = placeOfRecord(record);
  const small = useFileUrl(place, file.thumbnail?.fileId);
  const full = useFileUrl(place, isDrawn(file.mime) ? file.fileId : undefined);
  const [state, setState] = useState<State>('loading');
  const [turn, setTurn] = useState(0);
  const [measured, setMeasured] = useState<{ width: number; height: number }>();
  const { width, height } = file;
  const size =
    measured ??
    (width !== undefined && height !== undefined
      ? { width, height }
      : (file.thumbnail ?? { width: 320, height: 320 }));
  const blur = placeholderUrl(file.placeholder);
  const alt = t('file.photo', { name: file.name });
  return (
    <>
      <Stage size={size} {...stage}>
        {state === 'loading' && blur !== undefined && (
          <img className="kith-stage-layer" src={blur} alt="" draggable={false} />
        )}
        {small !== undefined && (
          <img
            className="kith-stage-layer"
            src={small}
            alt={full === undefined ? alt : ''}
            draggable={false}
          />
        )}
        {full !== undefined && state !== 'lost' && state !== 'gone' && (
          <img
            key={turn}
            className="kith-stage-layer"
            src={full}
            alt={alt}
            draggable={false}
            decoding="async"
            onLoad={(event) => {
              setState('there');
              const { naturalWidth, naturalHeight } = event.currentTarget;
              // What the message says of its size may be missing, or a lie.
              if (
                naturalWidth > 0 &&
                Math.abs(naturalWidth / naturalHeight - size.width / size.height) > 0.02
              )
                setMeasured({ width: naturalWidth, height: naturalHeight });
            }}
            onError={() => void isGone(full).then((gone) => setState(gone ? 'gone' : 'lost'))}
          />
        )}
      </Stage>
      {(state === 'lost' || state === 'gone') && (
        <div className="kith-viewer-note" role="status">
          {state === 'gone' ? t('file.gone') : t('file.broken')}
          {state === 'lost' && (
            <Button
              kind="plain"
              onClick={() => {
                setState('loading');
                setTurn(turn + 1);
              }}
            >
              {t('common.tryAgain')}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
