/** All that waits for its time: messages to come back to, and messages that go later, of all conversations. */
import type { MessageRecord, OwnValue } from '@kith/protocol';
import { AlarmClock, Check, Clock } from 'lucide-react';
import { useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { useFace } from '../app/people.ts';
import { back, openConversation } from '../app/route.ts';
import { useMinute } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { useExcerpt, useName } from '../message/names.tsx';
import { PaneFrame } from '../panels/PaneFrame.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { remindOf } from './reminders.ts';
import { timeText } from './words.ts';
import './later.css';

type Waiting = readonly (readonly [string, OwnValue<'reminder'>])[];

/** Each asks for its message: so many at once. */
const SHOWN = 30;

export function LaterPane() {
  const { own } = useClient();
  const reminders = byTime(useReadable(own.all('reminder')));
  const scheduled = byTime(useReadable(own.all('scheduled')));
  const due: Waiting = reminders.filter(([, { due }]) => due);
  const ahead: Waiting = reminders.filter(([, { due }]) => !due);
  return (
    <PaneFrame
      title={t('later.list')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'chats' }) }}
    >
      {reminders.length + scheduled.length === 0 && (
        <div className="kith-notice">
          <Clock size={32} strokeWidth={1.5} aria-hidden="true" />
          <p>{t('later.empty')}</p>
        </div>
      )}
      <Reminders heading={t('later.due')} waiting={due} />
      <Reminders heading={t('later.reminders')} waiting={ahead} />
      {scheduled.length > 0 && (
        <section className="kith-later">
          <h2>{t('later.scheduledAll')}</h2>
          <ul>
            {scheduled.map(([id, message]) => (
              <ScheduledRow key={id} id={id} message={message} />
            ))}
          </ul>
        </section>
      )}
    </PaneFrame>
  );
}

const byTime = <V extends { readonly at: string }>(all: ReadonlyMap<string, V>) =>
  [...all].sort(([, a], [, b]) => (a.at < b.at ? -1 : 1));

function Reminders({ heading, waiting }: { readonly heading: string; readonly waiting: Waiting }) {
  const [shown, setShown] = useState(SHOWN);
  if (waiting.length === 0) return null;
  return (
    <section className="kith-later">
      <h2>{heading}</h2>
      <ul>
        {waiting.slice(0, shown).map(([id, reminder]) => (
          <ReminderRow key={id} reminder={reminder} />
        ))}
      </ul>
      {waiting.length > shown && (
        <Button kind="plain" wide onClick={() => setShown(shown + SHOWN)}>
          {t('message.showMore')}
        </Button>
      )}
    </section>
  );
}

function ReminderRow({ reminder }: { readonly reminder: OwnValue<'reminder'> }) {
  const client = useClient();
  const { conversationId, messageId, at, due } = reminder;
  const done = (): void => {
    client.reminders.set(conversationId, messageId, null).then(() => {
      // Of one whose time has passed nothing is left to be brought back.
      if (due) return;
      toast(t('later.reminderRemoved'), {
        action: {
          label: t('common.undo'),
          run: () => void client.reminders.set(conversationId, messageId, at).catch(toastError),
        },
      });
    }, toastError);
  };
  return (
    <li className="kith-later-item" data-due={due}>
      <button
        type="button"
        className="kith-later-open"
        data-row
        onClick={() => openConversation(conversationId, messageId)}
      >
        <Place conversationId={conversationId} at={at} />
        <Words conversationId={conversationId} messageId={messageId} />
      </button>
      <IconButton
        icon={AlarmClock}
        size="s"
        label={due ? t('later.snooze') : t('later.changeTime')}
        onClick={(event) => remindOf(client, reminder, event.currentTarget)}
      />
      <IconButton icon={Check} size="s" label={t('later.done')} onClick={done} />
    </li>
  );
}

function Words({
  conversationId,
  messageId,
}: {
  readonly conversationId: string;
  readonly messageId: string;
}) {
  const record = useReadable(useClient().messages.get(conversationId, messageId));
  return (
    <span className="kith-later-words" dir="auto">
      {record ? <Said record={record} /> : record === null ? t('message.unavailable') : t('message.loading')}
    </span>
  );
}

function Said({ record }: { readonly record: MessageRecord }) {
  const author = useName(record.authorId);
  const { text } = useExcerpt(record.body);
  return (
    <>
      <b>{author ?? t('names.someone')}</b> {text}
    </>
  );
}

/** Changed and sent where it is written: above the composer of its conversation. */
function ScheduledRow({ id, message }: { readonly id: string; readonly message: OwnValue<'scheduled'> }) {
  const { conversationId, content, at, failed } = message;
  const { text } = useExcerpt({ type: 'content', content });
  return (
    <li className="kith-later-item" data-due={failed !== undefined || undefined}>
      <button
        type="button"
        className="kith-later-open"
        data-row
        data-scheduled={id}
        onClick={() => openConversation(conversationId)}
      >
        <Place conversationId={conversationId} at={at} />
        <span className="kith-later-words" dir="auto">
          {failed ? t('later.failed') : text}
        </span>
      </button>
    </li>
  );
}

function Place({ conversationId, at }: { readonly conversationId: string; readonly at: string }) {
  const entry = useReadable(useClient().conversations.get(conversationId));
  const now = useMinute();
  return (
    <span className="kith-later-head">
      <span className="kith-later-place" dir="auto">
        {entry && <Named entry={entry} />}
      </span>
      <time dateTime={at}>{timeText(Date.parse(at), now)}</time>
    </span>
  );
}

function Named({ entry }: { readonly entry: Parameters<typeof useFace>[0] }) {
  return useFace(entry).name;
}
