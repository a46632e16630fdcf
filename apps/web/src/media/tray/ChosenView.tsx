/** A chosen picture or film over everything, as it will go; and the way to its neighbours, or out of the tray. */
import { Dialog as Base } from '@base-ui/react/dialog';
import type { OutgoingFile } from '@kith/client';
import { ChevronLeft, ChevronRight, Trash2, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import type { Size } from '../files/album.ts';
import { FileName } from '../files/FileName.tsx';
import { isDrawn } from '../files/kind.ts';
import { useObjectUrl } from '../files/useObjectUrl.ts';
import { sizeText } from '../files/words.ts';
import { Stage, type StageHandle } from '../viewer/Stage.tsx';
import { useSpace } from '../viewer/useSpace.ts';
import { useStageKeys } from '../viewer/useStageKeys.ts';
import '../viewer/viewer.css';

export interface ChosenViewProps {
  /** Its number in the tray: pasted pictures all have one name. */
  readonly id: number;
  readonly file: OutgoingFile;
  readonly onRemove: () => void;
  readonly onClose: () => void;
  /** Undefined at either end. */
  readonly onBefore: (() => void) | undefined;
  readonly onAfter: (() => void) | undefined;
}

export default function ChosenView({ id, file, onRemove, onClose, onBefore, onAfter }: ChosenViewProps) {
  const popup = useRef<HTMLDivElement>(null);
  const stage = useRef<StageHandle>(null);
  const [quiet, setQuiet] = useState(false);
  const step = (by: 1 | -1): void => (by === 1 ? onAfter : onBefore)?.();
  useStageKeys(stage, { step, remove: onRemove });
  return (
    <Base.Root open onOpenChange={(open) => open || onClose()}>
      <Base.Portal>
        <Base.Popup ref={popup} className="kith-viewer" aria-label={t('tray.look')} initialFocus={popup}>
          <div className="kith-viewer-all" data-quiet={quiet || undefined}>
            {file.kind === 'video' ? (
              <Film key={id} file={file} />
            ) : (
              <Stage
                key={id}
                size={sizeOf(file)}
                handle={stage}
                onStep={step}
                onClose={onClose}
                onTap={() => setQuiet(!quiet)}
              >
                <Still file={file} />
              </Stage>
            )}
            <header className="kith-viewer-head">
              <IconButton icon={X} label={t('common.close')} bare onClick={onClose} />
              <span className="kith-viewer-who">
                <FileName name={file.name} />
                <span className="kith-viewer-when">{sizeText(file.data.size)}</span>
              </span>
              <IconButton icon={Trash2} label={t('tray.remove', { name: file.name })} onClick={onRemove} />
            </header>
            {onBefore && (
              <span className="kith-viewer-step" data-side="before">
                <IconButton icon={ChevronLeft} label={t('viewer.previous')} bare onClick={onBefore} />
              </span>
            )}
            {onAfter && (
              <span className="kith-viewer-step" data-side="after">
                <IconButton icon={ChevronRight} label={t('viewer.next')} bare onClick={onAfter} />
              </span>
            )}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

const sizeOf = ({ width = 320, height = 320 }: OutgoingFile): Size => ({ width, height });

function Still({ file }: { readonly file: OutgoingFile }) {
  const url = useObjectUrl(isDrawn(file.mime) ? file.data : file.thumbnail?.data);
  return url === undefined ? null : (
    <img
      className="kith-stage-layer"
      src={url}
      alt={t('file.photo', { name: file.name })}
      draggable={false}
    />
  );
}

function Film({ file }: { readonly file: OutgoingFile }) {
  const video = useRef<HTMLVideoElement>(null);
  useSpace(video);
  const url = useObjectUrl(file.data);
  return (
    <div className="kith-viewer-video">
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote down what is said in it */}
      <video ref={video} src={url} controls playsInline aria-label={t('file.video', { name: file.name })} />
    </div>
  );
}
