/**
 * Tells of messages that nobody is looking at, while the app is open. Of several tabs one tells (it holds a Web Lock); each
 * says by other locks which conversation and thread it has on screen, so that the lock's end is the tab's end, too.
 */
import { type ConversationEntry, type KithClient, mayNotify } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { defaultSettings } from '@kith/protocol/preferences';
import { takeSnoozed } from '../app/launch.ts';
import { faceOf, peerOf } from '../app/people.ts';
import { currentRoute, onRoute, openConversation } from '../app/route.ts';
import { currentDirection, currentLanguage, t } from '../i18n/index.ts';
import { excerptOf } from '../message/excerpt.ts';
import { noticesWished, permission, soundsWished } from './choice.ts';
import { isReminder, snooze, snoozeWhenKnown, tellReminders } from './reminders.ts';
import { play } from './sound.ts';

const LEADER = 'kith:notify';
/** A place is a conversation's id, or that of a thread's root. */
const seenLock = (place: string): string => `kith:seen:${place}`;
/** Of each place the notice shows the last few. */
const LINES = 3;
const LINE_CHARS = 140;
/** Notices of places; a system shows a handful, and piles up the rest. */
const NOTICES_MAX = 20;

interface Told {
  readonly lines: readonly string[];
  readonly isThread: boolean;
}

/** Where a message is to be seen. One that stands in its thread only is not seen in the conversation. */
const placesOf = ({ conversationId, thread }: MessageRecord): readonly [string, ...string[]] => {
  if (!thread) return [conversationId];
  return thread.alsoSent ? [conversationId, thread.rootId] : [thread.rootId];
};

/** Returns how to stop. */
export function startNotifying(client: KithClient, myId: string): () => void {
  const stop = new AbortController();
  const told = new Map<string, Told>();
  const seen = keepSeen(stop.signal);
  let leading = !navigator.locks;
  navigator.locks
    ?.request(LEADER, { signal: stop.signal }, () => {
      leading = true;
      return new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
    })
    // Stopped while waiting for its turn.
    .catch(() => undefined);

  const handle = async (message: MessageRecord, entry: ConversationEntry): Promise<void> => {
    if (!leading) return;
    const { thread } = message;
    const may = (follows: boolean) =>
      mayNotify(message, entry, client.me.get()?.settings ?? defaultSettings, Date.now(), follows);
    // Whether one follows the thread may have to be asked: only where it decides.
    const decides = thread !== undefined && may(false) !== may(true);
    const follows =
      decides && (await client.threads.follows(message.conversationId, thread.rootId).catch(() => false));
    const kind = may(follows);
    if (!kind || (await isSeen(placesOf(message)))) return;
    if (soundsWished()) void play(kind).catch(() => undefined);
    if (permission() === 'granted' && noticesWished()) await show(message, entry);
  };

  const show = async (message: MessageRecord, entry: ConversationEntry): Promise<void> => {
    const nameOf = (id: string) => client.users.get(id).get()?.displayName;
    const peerId = peerOf(entry.conversation, myId);
    const { name } = faceOf(
      entry.conversation,
      myId,
      peerId === null ? undefined : client.users.get(peerId).get(),
    );
    const words = excerptOf(message.body, nameOf).text.slice(0, LINE_CHARS);
    const line =
      peerId === null
        ? t('notify.line', { name: nameOf(message.authorId) ?? t('names.someone'), text: words })
        : words;
    const [place] = placesOf(message);
    const isThread = place !== entry.id;
    const lines = [...(told.get(place)?.lines ?? []), line].slice(-LINES);
    told.delete(place);
    told.set(place, { lines, isThread });
    for (const id of [...told.keys()].slice(0, -NOTICES_MAX)) void close(id);
    await display(isThread ? t('notify.thread', { name }) : name, {
      body: lines.join('\n'),
      // The next of this conversation or thread takes its place.
      tag: place,
      renotify: true,
      // We have sounds of our own.
      silent: true,
      icon: '/icon-192.png',
      lang: currentLanguage(),
      dir: currentDirection(),
      timestamp: Date.parse(message.createdAt),
      data: { conversationId: entry.id, messageId: message.id },
    });
  };

  const close = async (id: string): Promise<void> => {
    told.delete(id);
    const registration = await navigator.serviceWorker?.getRegistration();
    for (const notice of (await registration?.getNotifications({ tag: id })) ?? []) notice.close();
    plain.get(id)?.close();
    plain.delete(id);
  };

  /** What was read, here or on another device, is no news any more. */
  const tidy = (): void => {
    if (client.conversations.status.get() === 'loading') return;
    for (const [place, { isThread }] of told) {
      const counted = isThread ? client.threads.mark(place) : client.conversations.get(place);
      if ((counted.get()?.unread ?? 0) === 0) void close(place);
    }
  };

  /** What an earlier page told of stands there still, and is taken back like what this one tells. */
  const remember = async (): Promise<void> => {
    const registration = await navigator.serviceWorker?.getRegistration();
    for (const { tag, body, data } of (await registration?.getNotifications()) ?? []) {
      if (stop.signal.aborted || isReminder(tag) || !data?.conversationId || told.has(tag)) continue;
      told.set(tag, { lines: body.split('\n'), isThread: tag !== data.conversationId });
    }
    tidy();
  };
  remember().catch((error: unknown) => console.warn('What was told before is not known:', error));

  const stopListening = [
    client.onMessage((message, entry) => void handle(message, entry)),
    client.conversations.list.subscribe(tidy),
    client.threads.list.subscribe(tidy),
    listenForPresses(client),
    tellReminders(client, { leading: () => leading, isLookedAt, display, close }),
    seen,
  ];
  return () => {
    stop.abort();
    for (const end of stopListening) end();
    for (const id of [...told.keys()]) void close(id);
  };
}

/** Of browsers, or in development, that have no worker: by conversation. */
const plain = new Map<string, Notification>();

type Options = NotificationOptions & { readonly renotify?: boolean; readonly timestamp?: number };

async function display(title: string, options: Options): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) return registration.showNotification(title, options);
  const notice = new Notification(title, options);
  notice.onclick = () => open(options.data);
  if (options.tag) plain.set(options.tag, notice);
}

function open(where: unknown): void {
  const { conversationId, messageId } = (where ?? {}) as Partial<
    Record<'conversationId' | 'messageId', string>
  >;
  window.focus();
  if (conversationId) openConversation(conversationId, messageId ?? null);
}

/** The worker brings a window to the front and says what was pressed (build/sw.js). */
function listenForPresses(client: KithClient): () => void {
  const listen = (event: MessageEvent): void => {
    if (event.data?.type === 'open') open(event.data.where);
    if (event.data?.type === 'snooze') snooze(client, event.data.where);
  };
  const snoozed = takeSnoozed();
  const stop = snoozed === undefined ? undefined : snoozeWhenKnown(client, snoozed);
  navigator.serviceWorker?.addEventListener('message', listen);
  return () => {
    stop?.();
    navigator.serviceWorker?.removeEventListener('message', listen);
  };
}

const isSeen = async (places: readonly string[]): Promise<boolean> => {
  if (!navigator.locks) return seenHere().some((place) => places.includes(place));
  const { held } = await navigator.locks.query();
  const locks = new Set(places.map(seenLock));
  return held?.some(({ name }) => name !== undefined && locks.has(name)) ?? false;
};

/** Whether a tab shows the app: this one, or one that has a conversation on screen. */
const isLookedAt = async (): Promise<boolean> => {
  if (document.visibilityState === 'visible' && document.hasFocus()) return true;
  if (!navigator.locks) return false;
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name?.startsWith(seenLock(''))) ?? false;
};

/** What this tab has on screen. */
function seenHere(): string[] {
  const { conversationId, left, thread } = currentRoute();
  if (conversationId === null || document.visibilityState !== 'visible') return [];
  const wide = innerWidth >= 720;
  // On a phone what lies over the list hides the conversation as well, and a thread does; wide enough, they stand side by side.
  if (!wide && left !== 'chats') return [];
  if (!thread) return [conversationId];
  return wide ? [conversationId, thread.rootId] : [thread.rootId];
}

/** Holds the locks of what is on screen, as long as it is. Returns how to stop. */
function keepSeen(signal: AbortSignal): () => void {
  const releases = new Map<string, () => void>();
  const look = (): void => {
    const now = signal.aborted ? [] : seenHere();
    for (const [place, release] of releases) {
      if (now.includes(place)) continue;
      releases.delete(place);
      release();
    }
    if (!navigator.locks) return;
    for (const place of now) {
      if (releases.has(place)) continue;
      const held = new Promise<void>((resolve) => releases.set(place, resolve));
      void navigator.locks.request(seenLock(place), { mode: 'shared' }, () => held);
    }
  };
  look();
  const stopRoute = onRoute(look);
  document.addEventListener('visibilitychange', look);
  return () => {
    stopRoute();
    document.removeEventListener('visibilitychange', look);
    for (const release of releases.values()) release();
  };
}
