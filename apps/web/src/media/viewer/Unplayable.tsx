/** Of a film that this browser cannot play: how far the server is with a form that it can, and the way to have it as it is. */
import type { MessageFile, Transcoding } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../../app/client.tsx';
import { percent } from '../../app/time.ts';
import { t } from '../../i18n/index.ts';
import { type Place, useFileUrl } from '../files/source.ts';
import './viewer.css';

/** Between two questions how far it is. */
const ASK_MS = 2_000;

const isComing = (standing: Transcoding | undefined): boolean =>
  standing?.state === 'waiting' || standing?.state === 'running';

function useTranscoding({ conversationId, messageId }: Place, fileId: string): Transcoding | undefined {
  const { files } = useClient();
  const [standing, setStanding] = useState<Transcoding>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const ask = async (): Promise<void> => {
      const now = await files
        .transcoding({ conversationId, messageId }, fileId)
        .catch((error: unknown) => console.warn('How far a film is could not be asked:', error));
      if (left) return;
      if (now) setStanding(now);
      if (!now || isComing(now)) timer = setTimeout(() => void ask(), ASK_MS);
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [files, conversationId, messageId, fileId]);
  return standing;
}

export function Unplayable({ place, file }: { readonly place: Place; readonly file: MessageFile }) {
  const standing = useTranscoding(place, file.fileId);
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
