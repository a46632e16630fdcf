/** Time, edited mark and ticks: the quiet end of a message's last line. */
import type { TimelineMessage } from '@kith/client';
import { Ticks } from '../ui/Ticks.tsx';
import { formatFull, formatTime } from './time.ts';

export function Meta({ message, own }: { readonly message: TimelineMessage; readonly own: boolean }) {
  const { record, state } = message;
  const deleted = record.body.type === 'deleted';
  return (
    <span className="kith-meta">
      {record.edited && !deleted && <span>edited</span>}
      <time dateTime={record.createdAt} title={formatFull(record.createdAt)}>
        {formatTime(record.createdAt)}
      </time>
      {own && !deleted && <Ticks state={state} />}
    </span>
  );
}
