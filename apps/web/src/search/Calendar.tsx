/** Goes to the first message of a day. */
import { type FormEvent, useId, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { capital, dayOf, relative } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { requestJump } from '../message/jumps.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { closeCalendar } from './openings.ts';
import './calendar.css';

/** Days back from today. */
const QUICK = [0, 1, 7, 30] as const;

export default function Calendar({ conversationId }: { readonly conversationId: string }) {
  const client = useClient();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [day, setDay] = useState(() => dayOf(new Date()));
  const [busy, run] = useRun();

  const go = (at: Date): void => {
    run(async () => {
      const { place } = await client.request('findDate', { conversationId, at: at.toISOString() });
      closeCalendar();
      if (place) requestJump(conversationId, place.messageId);
      else toast(t('timeline.noJump'));
    });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // Of the calendar here: the day begins at its own midnight.
    const at = new Date(`${day}T00:00`);
    if (!Number.isNaN(at.getTime())) go(at);
  };

  return (
    <Dialog open onClose={closeCalendar} title={t('date.title')} size="s" initialFocus={field}>
      <form className="kith-calendar" onSubmit={submit}>
        <div className="kith-calendar-day">
          <label htmlFor={id} className="kith-hidden">
            {t('date.day')}
          </label>
          <input
            ref={field}
            id={id}
            type="date"
            value={day}
            max={dayOf(new Date())}
            onChange={(event) => setDay(event.target.value)}
            required
          />
          <Button kind="primary" type="submit" disabled={busy || day === ''}>
            {t('date.go')}
          </Button>
        </div>
        <div className="kith-calendar-quick">
          {QUICK.map((days) => (
            <button key={days} type="button" onClick={() => go(daysAgo(days))} disabled={busy}>
              {capital(relative.format(-days, 'day'))}
            </button>
          ))}
          <button type="button" onClick={() => go(new Date(0))} disabled={busy}>
            {t('date.first')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function daysAgo(days: number): Date {
  const date = new Date();
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() - days);
  return date;
}
