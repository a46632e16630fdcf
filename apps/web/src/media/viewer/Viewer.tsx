/** Over everything: a picture, a video or a document of a message, what can be done with it, and the way to its neighbours. */
import { Dialog as Base } from '@base-ui/react/dialog';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import {
  ChevronLeft,
  ChevronRight,
  Download,
  Forward,
  MessageSquareText,
  X,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { useClient, useReadable } from '../../app/client.tsx';
import { showMessage } from '../../app/panel.ts';
import { useMyId } from '../../app/people.ts';
import { t } from '../../i18n/index.ts';
import { textOf } from '../../message/excerpt.ts';
import { Markdown } from '../../message/markdown/Markdown.tsx';
import { useName } from '../../message/names.tsx';
import { formatFull, formatWhen } from '../../message/time.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Spinner } from '../../ui/Spinner.tsx';
import { FileName } from '../files/FileName.tsx';
import { previewOf } from '../files/kind.ts';
import { placeOfRecord, useFileUrl } from '../files/source.ts';
import { sizeText } from '../files/words.ts';
import { closeViewer, givenRecord, openViewer, type ViewerTarget } from './opened.ts';
import { PictureView } from './PictureView.tsx';
import type { StageHandle } from './Stage.tsx';
import { filesOf, type Item, useSeries } from './series.ts';
import { TextView } from './TextView.tsx';
import { useStageKeys, ZOOM_STEP } from './useStageKeys.ts';
import { VideoView } from './VideoView.tsx';
import '../../message/message.css';
import './viewer.css';

const ForwardDialog = lazy(() => import('../../message/ForwardDialog.tsx'));
const PdfView = lazy(() => import('./PdfView.tsx'));

export default function Viewer({ target }: { readonly target: ViewerTarget }) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => open || closeViewer()}>
      <Base.Portal>
        <Base.Popup
          ref={popup}
          className="kith-viewer"
          aria-label={t('viewer.label')}
          // The dark ground itself: no button of it lights up for whoever came by mouse.
          initialFocus={popup}
        >
          <Found target={target} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The message as it is now; what has not left this device is known only to whoever opened it. */
function Found({ target }: { readonly target: ViewerTarget }) {
  const { messages } = useClient();
  const known = useReadable(messages.get(target.conversationId, target.messageId));
  const record = known ?? givenRecord(target.messageId);
  const file = record && filesOf(record).find(({ fileId }) => fileId === target.fileId);
  if (record && file) return <Shown record={record} file={file} />;
  return (
    <>
      <div className="kith-viewer-none" role="status">
        {record || known === null ? t('file.gone') : <Spinner size={28} />}
      </div>
      <header className="kith-viewer-head">
        <IconButton icon={X} label={t('common.close')} bare onClick={() => closeViewer()} />
      </header>
    </>
  );
}

const open = ({ record, file }: Item): void =>
  openViewer({ conversationId: record.conversationId, messageId: record.id, fileId: file.fileId }, record);

function Shown({ record, file }: { readonly record: MessageRecord; readonly file: MessageFile }) {
  const preview = previewOf(file);
  const stage = useRef<StageHandle>(null);
  const [quiet, setQuiet] = useState(false);
  const [forwarding, setForwarding] = useState(false);
  const { items, at } = useSeries(record, file.fileId);
  // A document has no neighbours.
  const before = at < 0 ? undefined : items[at - 1];
  const after = at < 0 ? undefined : items[at + 1];
  const step = (by: 1 | -1): void => {
    const next = by === 1 ? after : before;
    if (next) open(next);
  };

  useStageKeys(stage, { step, off: forwarding });

  return (
    <div className="kith-viewer-all" data-quiet={quiet || undefined}>
      {preview === 'picture' && (
        <PictureView
          key={file.fileId}
          record={record}
          file={file}
          handle={stage}
          onStep={step}
          onClose={() => closeViewer()}
          onTap={() => setQuiet(!quiet)}
        />
      )}
      {preview === 'video' && <VideoView key={file.fileId} record={record} file={file} />}
      {preview === 'text' && <TextView key={file.fileId} record={record} file={file} />}
      {preview === 'pdf' && (
        <Suspense fallback={<Waiting />}>
          <PdfView key={file.fileId} record={record} file={file} />
        </Suspense>
      )}
      {preview === undefined && (
        <div className="kith-viewer-none">
          <FileName name={file.name} />
        </div>
      )}
      <Head
        record={record}
        file={file}
        onForward={() => setForwarding(true)}
        zooms={preview === 'picture' ? stage : null}
      />
      {before && (
        <span className="kith-viewer-step" data-side="before">
          <IconButton icon={ChevronLeft} label={t('viewer.previous')} bare onClick={() => step(-1)} />
        </span>
      )}
      {after && (
        <span className="kith-viewer-step" data-side="after">
          <IconButton icon={ChevronRight} label={t('viewer.next')} bare onClick={() => step(1)} />
        </span>
      )}
      {(preview === 'picture' || preview === 'video') && <Caption record={record} />}
      {[before, after].map((item) => item && <Ahead key={item.file.fileId} item={item} />)}
      {forwarding && (
        <Suspense fallback={null}>
          <ForwardDialog messages={[record]} onClose={() => setForwarding(false)} />
        </Suspense>
      )}
    </div>
  );
}

const Waiting = (): ReactNode => (
  <div className="kith-viewer-none">
    <Spinner size={28} />
  </div>
);

function Head({
  record,
  file,
  zooms,
  onForward,
}: {
  readonly record: MessageRecord;
  readonly file: MessageFile;
  readonly zooms: { readonly current: StageHandle | null } | null;
  readonly onForward: () => void;
}) {
  const name = useName(record.authorId);
  const document = file.kind === 'file';
  const url = useFileUrl(placeOfRecord(record), file.fileId, { download: true });
  const sent = record.seq > 0;
  const jump = (): void => closeViewer(() => showMessage(record.conversationId, record.id));
  return (
    <header className="kith-viewer-head">
      <IconButton icon={X} label={t('common.close')} bare onClick={() => closeViewer()} />
      <span className="kith-viewer-who">
        {document ? (
          <FileName name={file.name} />
        ) : (
          <span className="kith-viewer-name" dir="auto">
            {name ?? t('names.someone')}
          </span>
        )}
        <span className="kith-viewer-when" title={formatFull(record.createdAt)}>
          {document ? `${sizeText(file.size)} · ${name ?? t('names.someone')}` : formatWhen(record.createdAt)}
        </span>
      </span>
      {zooms && (
        <span className="kith-viewer-zoom">
          <IconButton
            icon={ZoomOut}
            label={t('viewer.zoomOut')}
            shortcut="-"
            onClick={() => zooms.current?.zoom(1 / ZOOM_STEP)}
          />
          <IconButton
            icon={ZoomIn}
            label={t('viewer.zoomIn')}
            shortcut="+"
            onClick={() => zooms.current?.zoom(ZOOM_STEP)}
          />
        </span>
      )}
      {sent && (
        <>
          <IconButton icon={MessageSquareText} label={t('viewer.jump')} onClick={jump} />
          <IconButton icon={Forward} label={t('message.forward')} onClick={onForward} />
        </>
      )}
      {url !== undefined && (
        <a
          className="kith-icon-button"
          href={url}
          download={file.name}
          aria-label={t('file.download', { name: file.name })}
          title={t('file.save')}
        >
          <Download size={20} strokeWidth={1.75} aria-hidden="true" />
        </a>
      )}
    </header>
  );
}

function Caption({ record }: { readonly record: MessageRecord }) {
  const myId = useMyId();
  const text = textOf(record.body);
  if (text.trim() === '') return null;
  return (
    <footer className="kith-viewer-caption">
      <Markdown text={text} meId={myId} />
    </footer>
  );
}

/** Larger ones are not fetched for somebody who may never look at them, bytes. */
const AHEAD_MAX = 10_000_000;

/** The neighbour's picture, there before it is asked for. */
function Ahead({ item: { record, file } }: { readonly item: Item }) {
  const wanted = file.kind === 'image' && file.size <= AHEAD_MAX ? file.fileId : file.thumbnail?.fileId;
  const url = useFileUrl(placeOfRecord(record), wanted);
  return url === undefined ? null : <img className="kith-viewer-ahead" src={url} alt="" />;
}
