/** Holds up the files of a message on their way, and lets them go on; beside it stands how much of them is there. */
import type { TimelineMessage } from '@kith/client';
import type { MessageFile } from '@kith/protocol';
import { Pause, Play } from 'lucide-react';
import { useClient, useReadable } from '../../app/client.tsx';
import { focusComposer } from '../../composer/intent.ts';
import { t } from '../../i18n/index.ts';
import { useProgress } from './source.ts';
import { sizeText } from './words.ts';
import './transfer.css';

export function HoldButton({
  message,
  files,
}: {
  readonly message: TimelineMessage;
  /** All that are shown together. */
  readonly files: readonly MessageFile[];
}) {
  const client = useClient();
  const online = useReadable(client.connection).type === 'live';
  const progress = useProgress(files);
  if (!progress) return null;
  const { sent, size, paused, going } = progress;
  const text =
    going && sent === 0 && !online
      ? t('file.waiting')
      : t('file.progress', { sent: sizeText(sent), size: sizeText(size) });
  if (!paused && !going) return <span className="kith-hold">{text}</span>;
  const { id } = message.record;
  const Icon = paused ? Play : Pause;
  return (
    <button
      type="button"
      className="kith-hold"
      aria-label={paused ? t('file.resume') : t('file.pause')}
      title={paused ? t('file.resume') : t('file.pause')}
      onClick={() => {
        if (paused) client.files.resume(id);
        else client.files.pause(id);
        // On with the writing.
        focusComposer(message.record.thread?.rootId ?? message.record.conversationId);
      }}
    >
      <Icon size={13} strokeWidth={2.25} aria-hidden="true" />
      {text}
    </button>
  );
}
