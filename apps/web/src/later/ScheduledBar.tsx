/** Above the composer: how many messages wait here for their time, with those for threads; in a thread, its own. Leads to them. */
import { CalendarClock, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import './later.css';

const ScheduledDialog = lazy(() => import('./ScheduledDialog.tsx'));

export function ScheduledBar({
  conversationId,
  threadId,
}: {
  readonly conversationId: string;
  readonly threadId?: string;
}) {
  const client = useClient();
  const all = useReadable(client.own.all('scheduled'));
  const [open, setOpen] = useState(false);
  const here = [...all]
    .filter(
      ([, message]) =>
        message.conversationId === conversationId && (threadId === undefined || message.thread === threadId),
    )
    .sort(([, a], [, b]) => (a.at < b.at ? -1 : 1));
  // While it is open an edit may stand in it, of a message that is not here any more.
  if (here.length === 0 && !open) return null;
  const failed = here.some(([, message]) => message.failed);
  return (
    <>
      {here.length > 0 && (
        <button
          type="button"
          className="kith-scheduled-bar"
          data-failed={failed || undefined}
          onClick={() => setOpen(true)}
        >
          {failed ? (
            <TriangleAlert size={16} strokeWidth={1.75} aria-hidden="true" />
          ) : (
            <CalendarClock size={16} strokeWidth={1.75} aria-hidden="true" />
          )}
          {failed ? t('later.someFailed') : t('later.scheduled', { count: here.length })}
        </button>
      )}
      {open && (
        <Suspense fallback={null}>
          <ScheduledDialog here={here} inThread={threadId !== undefined} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
