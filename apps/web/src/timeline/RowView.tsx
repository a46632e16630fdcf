/** What a row of the timeline is drawn as. */

import { t } from '../i18n/index.ts';
import { MessageRow } from '../message/MessageRow.tsx';
import { SystemRow } from '../message/SystemRow.tsx';
import { formatDay } from '../message/time.ts';
import type { Row } from './rows.ts';

interface RowViewProps {
  readonly row: Row;
  readonly active: boolean;
  readonly arriving: boolean;
  readonly marked: boolean;
  readonly flash: number | undefined;
  /** Another day is wanted. */
  readonly onDay: () => void;
}

export function RowView({ row, active, arriving, marked, flash, onDay }: RowViewProps) {
  switch (row.type) {
    case 'message':
      return <MessageRow row={row} active={active} arriving={arriving} marked={marked} flash={flash} />;
    case 'system':
      return <SystemRow messages={row.messages} />;
    case 'day':
      return (
        <div className="kith-day">
          <time className="kith-hidden" dateTime={new Date(row.day).toISOString().slice(0, 10)}>
            {formatDay(row.day)}
          </time>
          {/* For pointers: a feed holds articles and no controls beside them. Keys jump to a date by the search bar. */}
          <button type="button" tabIndex={-1} aria-hidden="true" onClick={onDay}>
            {formatDay(row.day)}
          </button>
        </div>
      );
    case 'unread':
      return (
        <div className="kith-unread-line">
          <span>{t('timeline.unread')}</span>
        </div>
      );
  }
}
