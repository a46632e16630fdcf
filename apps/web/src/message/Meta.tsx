/** Time, edited mark and ticks: the quiet end of a message's last line. */
import type { TimelineMessage } from '@kith/client';
import { Pin, Timer } from 'lucide-react';
import { currentDirection, t } from '../i18n/index.ts';
import { useMessageContext } from './context.tsx';
import { Reach } from './Reach.tsx';
import { formatFull, formatTime } from './time.ts';

export function Meta({ message, own }: { readonly message: TimelineMessage; readonly own: boolean }) {
  const { record } = message;
  const { actions } = useMessageContext();
  const deleted = record.body.type === 'deleted';
  return (
    <span className="kith-meta">
      {/* Its place is that of the text's end, its order that of the app. */}
      <span dir={currentDirection()}>
        {record.pinned && <Pin size={12} strokeWidth={2} role="img" aria-label={t('message.pinned')} />}
        {record.expiresAt && !deleted && (
          <Timer
            size={12}
            strokeWidth={2}
            role="img"
            aria-label={t('message.expires', { time: formatFull(record.expiresAt) })}
          />
        )}
        {record.edited && !deleted && (
          <button
            type="button"
            className="kith-edited"
            aria-haspopup="dialog"
            title={t('message.editedAt', { time: formatFull(record.edited.at) })}
            onClick={(event) => actions.history(message, event.currentTarget)}
          >
            {t('message.edited')}
          </button>
        )}
        <time dateTime={record.createdAt} title={formatFull(record.createdAt)}>
          {formatTime(record.createdAt)}
        </time>
        {own && !deleted && <Reach message={message} />}
      </span>
    </span>
  );
}
