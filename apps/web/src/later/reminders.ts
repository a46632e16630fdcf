/** Messages to come back to: a notice when the time has come, until it is done. */
import type { KithClient } from '@kith/client';
import { currentRoute, onRoute, openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { excerptOf } from '../message/excerpt.ts';
import type { Anchor } from '../ui/anchor.ts';
import { closeNamed, toast, toastError } from '../ui/toast.ts';
import { askWhen } from './ask.ts';
import { timeText } from './words.ts';

export function remindOf(
  client: KithClient,
  { conversationId, messageId }: { readonly conversationId: string; readonly messageId: string },
  anchor: Anchor,
): void {
  askWhen(
    t('later.remind'),
    anchor,
    (at) => {
      client.reminders
        .set(conversationId, messageId, at)
        .then(() => toast(t('later.reminding', { time: timeText(Date.parse(at)) })), toastError);
    },
    { soon: true },
  );
}

/** On one line of a phone. */
const WORDS_MAX = 60;

const nameOf = (messageId: string): string => `reminder ${messageId}`;

/** Shows those whose time has come. Returns how to stop. */
export function showReminders(client: KithClient): () => void {
  const reminders = client.own.all('reminder');
  const shown = new Set<string>();
  const waiting = new Set<() => void>();
  const look = (): void => {
    const now = reminders.get();
    for (const id of shown) {
      if (now.get(id)?.due) continue;
      // Done on another device.
      shown.delete(id);
      closeNamed(nameOf(id));
    }
    for (const [id, { conversationId, due }] of now) {
      if (!due || shown.has(id)) continue;
      shown.add(id);
      remind(conversationId, id);
    }
  };
  /** Again with its words, when they are there. */
  const remind = (conversationId: string, id: string): void => {
    const record = client.messages.get(conversationId, id);
    const show = (): void => {
      const body = record.get()?.body;
      const words = body && excerptOf(body, (userId) => client.users.get(userId).get()?.displayName).text;
      const done = (): void => {
        client.reminders.set(conversationId, id, null).catch(toastError);
      };
      toast(words ? t('later.reminderOf', { text: words.slice(0, WORDS_MAX) }) : t('later.reminder'), {
        lasting: nameOf(id),
        onDismiss: done,
        other: {
          label: t('later.snooze'),
          run: (anchor) => remindOf(client, { conversationId, messageId: id }, anchor),
        },
        action: {
          label: t('later.show'),
          run: () => {
            openConversation(conversationId, id);
            done();
          },
        },
      });
    };
    show();
    if (record.get() !== undefined) return;
    const stop = record.subscribe(() => {
      if (record.get() === undefined) return;
      stop();
      waiting.delete(stop);
      if (shown.has(id)) show();
    });
    waiting.add(stop);
  };
  /** Who has the list of them before their eyes needs no notice, which would lie over it. */
  const quieten = (): void => {
    if (currentRoute().left === 'later') for (const id of shown) closeNamed(nameOf(id));
  };
  const lookAt = (): void => {
    look();
    quieten();
  };
  lookAt();
  const stops = [reminders.subscribe(lookAt), onRoute(quieten)];
  return () => {
    for (const stop of [...stops, ...waiting]) stop();
  };
}
