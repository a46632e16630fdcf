/** Of a film that this browser cannot play: how far the server is with a form that it can, and the way to have it as it is. */
import { KithError } from '@kith/client';
import type { MessageFile, MessageRecord, Transcoding } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../../app/client.tsx';
import { percent } from '../../app/time.ts';
import { t } from '../../i18n/index.ts';
import { type Place, placeOfRecord, useFileUrl } from '../files/source.ts';
import './viewer.css';

/** Between two questions how far it is. */
const ASK_MS = 2_000;

const isComing = (standing: Transcoding | undefined): boolean =>
  standing?.state === 'waiting' || standing?.state === 'running';

/** `sent`: before that nobody makes anything of it. */
function useTranscoding(
  { conversationId, messageId }: Place,
  fileId: string,
  sent: boolean,
): Transcoding | undefined {
  const { files } = useClient();
  const [standing, setStanding] = useState<Transcoding>();
  useEffect(() => {
    if (!sent) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const next = (): void => {
      timer = setTimeout(ask, ASK_MS);
    };
    const ask = (): void => {
      files.transcoding({ conversationId, messageId }, fileId).then(
        (now) => {
          if (left) return;
          setStanding(now);
          if (isComing(now)) next();
        },
        // Without a network it goes on when there is one; what cannot be asked for is as it is.
        (error: unknown) => !left && error instanceof KithError && error.retryable && next(),
      );
    };
    ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [files, conversationId, messageId, fileId, sent]);
  return standing;
}

export function Unplayable({ record, file }: { readonly record: MessageRecord; readonly file: MessageFile }) {
  const place = placeOfRecord(record);
  const standing = useTranscoding(place, file.fileId, record.seq > 0);
  const download = useFileUrl(place, file.fileId, { download: true });
  const coming = isComing(standing);
  return (
    <div className="kith-viewer-none">
      <p role="status">{coming ? t('viewer.transcoding') : t('viewer.unplayable')}</p>
      {standing && coming && (
        <span className="kith-viewer-progress">
          <progress
            aria-label={t('viewer.transcoding')}
            max={100}
            {...(standing.state === 'running' && { value: standing.progress })}
          />
          {standing.state === 'running' && <span aria-hidden="true">{percent(standing.progress / 100)}</span>}
        </span>
      )}
      {download !== undefined && (
        <a className="kith-button" data-kind="secondary" href={download} download={file.name}>
          {t('file.save')}
        </a>
      )}
    </div>
  );
}
