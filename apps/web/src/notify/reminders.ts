/** Tells of reminders whose time has come while nobody looks at the app. It was asked for: mute does not hold it, quiet hours do. */
import { isQuiet, type KithClient } from '@kith/client';
import { defaultSettings } from '@kith/protocol/preferences';
import { currentDirection, currentLanguage, t } from '../i18n/index.ts';
import { SNOOZE_MS } from '../later/times.ts';
import { excerptOf } from '../message/excerpt.ts';
import { noticesWished, permission, soundsWished } from './choice.ts';
import { play } from './sound.ts';

/** What the machinery of notices does for it. */
export interface Shower {
  readonly leading: () => boolean;
  /** Whether some tab of this browser is looked at. */
  readonly isLookedAt: () => Promise<boolean>;
  readonly display: (title: string, options: NotificationOptions) => Promise<void>;
  readonly close: (tag: string) => Promise<void>;
}

const PREFIX = 'reminder ';
const tagOf = (messageId: string): string => `${PREFIX}${messageId}`;
export const isReminder = (tag: string): boolean => tag.startsWith(PREFIX);
/** Quiet hours end on a minute: what waits for that is looked at again. */
const AGAIN_MS = 60_000;
const WORDS_MAX = 140;

/** Returns how to stop. */
export function tellReminders(client: KithClient, shower: Shower): () => void {
  const reminders = client.own.all('reminder');
  const told = new Set<string>();

  const tell = async (messageId: string, conversationId: string): Promise<void> => {
    if (!shower.leading()) return;
    if (soundsWished()) void play('mention').catch(() => undefined);
    // Where somebody looks, the app says it itself.
    if (permission() !== 'granted' || !noticesWished() || (await shower.isLookedAt())) return;
    // The message may have to be fetched: the notice does not wait for it.
    const body = client.messages.get(conversationId, messageId).get()?.body;
    const words = body ? excerptOf(body, (id) => client.users.get(id).get()?.displayName).text : '';
    if (!told.has(messageId)) return;
    await shower.display(t('later.reminder'), {
      body: words.slice(0, WORDS_MAX),
      tag: tagOf(messageId),
      silent: true,
      icon: '/icon-192.png',
      lang: currentLanguage(),
      dir: currentDirection(),
      data: { conversationId, messageId },
      // A browser without them ignores them.
      ...{ actions: [{ action: 'snooze', title: t('later.soon') }] },
    });
  };

  const quiet = (): boolean => {
    const { quietHours } = (client.me.get()?.settings ?? defaultSettings).notifications;
    return quietHours !== null && quietHours !== undefined && isQuiet(quietHours, Date.now());
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    const now = reminders.get();
    for (const id of told) {
      if (now.get(id)?.due) continue;
      told.delete(id);
      void shower.close(tagOf(id));
    }
    for (const [id, { conversationId, due }] of now) {
      if (!due || told.has(id)) continue;
      if (quiet()) {
        timer = setTimeout(look, AGAIN_MS);
        return;
      }
      told.add(id);
      tell(id, conversationId).catch((error: unknown) => console.warn('No notice of a reminder:', error));
    }
  };
  look();
  const stop = reminders.subscribe(look);
  return () => {
    stop();
    clearTimeout(timer);
    for (const id of told) void shower.close(tagOf(id));
  };
}

/** Pressed on the notice itself. */
export function snooze(client: KithClient, where: unknown): void {
  const { messageId } = (where ?? {}) as { readonly messageId?: string };
  const reminder = messageId === undefined ? undefined : client.own.get('reminder', messageId).get();
  if (!reminder) return;
  client.reminders
    .set(reminder.conversationId, reminder.messageId, new Date(Date.now() + SNOOZE_MS).toISOString())
    // It is due still, and the app shows it.
    .catch((error: unknown) => console.warn('The reminder could not be put off:', error));
}

/** Pressed while no window was open: this one was opened for it, and may not have heard of the reminder yet. Returns how to stop. */
export function snoozeWhenKnown(client: KithClient, messageId: string): () => void {
  const reminder = client.own.get('reminder', messageId);
  let done = false;
  const look = (): void => {
    if (done || !reminder.get()) return;
    done = true;
    snooze(client, { messageId });
  };
  const stop = reminder.subscribe(look);
  look();
  return stop;
}
