/** A document as a line: what it is, its name to the last letter, how large it is, and the way to have it. */
import type { TimelineMessage } from '@kith/client';
import type { MessageFile } from '@kith/protocol';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../i18n/index.ts';
import { openViewer } from '../viewer/opened.ts';
import { FileName } from './FileName.tsx';
import { HoldButton } from './HoldButton.tsx';
import { iconOf, previewOf } from './kind.ts';
import { Picture, usePicture } from './Picture.tsx';
import { isGone, placeOf, useFileUrl, useTransfer } from './source.ts';
import { TransferRing } from './TransferRing.tsx';
import { clockText, sizeText } from './words.ts';
import './files.css';
import './row.css';

interface FileProps {
  readonly file: MessageFile;
  readonly message: TimelineMessage;
}

export function FileRow({ file, message }: FileProps) {
  const transfer = useTransfer(file.fileId);
  return (
    <div className="kith-file-row">
      {transfer ? <Sending file={file} message={message} /> : <There file={file} message={message} />}
    </div>
  );
}

function Sending({ file, message }: FileProps) {
  return (
    <span className="kith-file-main">
      <TransferRing fileId={file.fileId} message={message} size={44} />
      <span className="kith-file-lines">
        <FileName name={file.name} />
        <HoldButton message={message} files={[file]} />
      </span>
    </span>
  );
}

function There({ file, message }: FileProps) {
  const place = placeOf(message);
  const url = useFileUrl(place, file.fileId, { download: true });
  const [gone, setGone] = useState(false);
  const href = gone ? undefined : url;
  const size = [file.duration !== undefined && clockText(file.duration), sizeText(file.size)]
    .filter(Boolean)
    .join(' · ');
  const inside = (
    <>
      <Sign file={file} message={message} />
      <span className="kith-file-lines">
        <FileName name={file.name} />
        <span className="kith-file-size">{gone ? t('file.gone') : size}</span>
      </span>
    </>
  );
  // A missing one is found out beside the download, which would only say that it failed.
  const look = (): void => {
    if (url !== undefined) void isGone(url).then(setGone);
  };
  if (previewOf(file)) {
    return (
      <>
        <button
          type="button"
          className="kith-file-main"
          aria-label={t('file.open', { name: file.name, size })}
          onClick={() => openViewer({ ...place, fileId: file.fileId }, message.record)}
        >
          {inside}
        </button>
        {href !== undefined && (
          <a
            className="kith-file-get"
            href={href}
            download={file.name}
            onClick={look}
            aria-label={t('file.download', { name: file.name })}
            title={t('file.save')}
          >
            <Download size={18} strokeWidth={1.75} aria-hidden="true" />
          </a>
        )}
      </>
    );
  }
  if (href === undefined) return <span className="kith-file-main">{inside}</span>;
  return (
    <a
      className="kith-file-main"
      href={href}
      download={file.name}
      onClick={look}
      aria-label={t('file.downloadSize', { name: file.name, size })}
    >
      {inside}
      <span className="kith-file-get">
        <Download size={18} strokeWidth={1.75} aria-hidden="true" />
      </span>
    </a>
  );
}

function Sign({ file, message }: FileProps) {
  // Its thumbnail only: the file itself is no picture, or one of unknown size.
  const picture = usePicture({ ...file, kind: 'file' }, 44, false);
  if (file.thumbnail && picture.fate === 'fine') {
    return (
      <span className="kith-file-sign" data-picture>
        <Picture place={placeOf(message)} state={picture} alt="" />
      </span>
    );
  }
  const Icon = iconOf(file);
  return (
    <span className="kith-file-sign">
      <Icon size={22} strokeWidth={1.75} aria-hidden="true" />
    </span>
  );
}
