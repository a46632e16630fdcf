/** What can be done with a conversation from its row, with the way back where there is one. */
import type { ConversationEntry, KithClient } from '@kith/client';
import { forever } from '@kith/protocol/preferences';
import { cell } from '../app/cell.ts';
import { currentRoute, navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { toast, toastError } from '../ui/toast.ts';

export const isUnread = ({ unread, preference }: ConversationEntry): boolean =>
  unread > 0 || preference.markedUnread;

export function markRead(client: KithClient, entry: ConversationEntry): void {
  client.conversations.markRead(entry.id, entry.lastSeq);
  if (entry.preference.markedUnread) set(client, entry, { markedUnread: false });
}

export const toggleRead = (client: KithClient, entry: ConversationEntry): void =>
  isUnread(entry) ? markRead(client, entry) : set(client, entry, { markedUnread: true });

export function set(
  client: KithClient,
  { id }: ConversationEntry,
  change: Parameters<KithClient['conversations']['setPreference']>[1],
): void {
  client.conversations.setPreference(id, change).catch(toastError);
}

/** Seconds: for how long people silence something. */
export const SILENCES = [3_600, 8 * 3_600, 86_400, 7 * 86_400];

/** Seconds; null: until it is taken back. */
export const mute = (client: KithClient, entry: ConversationEntry, seconds: number | null): void =>
  set(client, entry, {
    mutedUntil: seconds === null ? forever : new Date(Date.now() + seconds * 1_000).toISOString(),
  });

export function toggleArchived(client: KithClient, entry: ConversationEntry): void {
  const { archivedSeq, pinned } = entry.preference;
  client.conversations.setArchived(entry.id, !entry.archived).catch(toastError);
  toast(entry.archived ? t('list.unarchived') : t('list.archived'), {
    action: { label: t('common.undo'), run: () => set(client, entry, { archivedSeq, pinned }) },
  });
}

export function togglePinned(client: KithClient, entry: ConversationEntry): void {
  client.conversations.setPinned(entry.id, entry.preference.pinned === null).catch(toastError);
}

/** Left as far as the person is concerned; the server is told when it is too late to take it back. */
const leaving = cell<ReadonlySet<string>>(new Set());

/** What the list does not show. */
export const useLeaving = leaving.use;

/**
 * Nobody could be let in again by an undo: so the leaving itself waits until the toast has gone. Whoever closes the page
 * meanwhile has meant it.
 */
export function leave(client: KithClient, id: string, name: string): void {
  leaving.set(new Set(leaving.get()).add(id));
  if (currentRoute().conversationId === id)
    navigate({ conversationId: null, panel: null }, { replace: true });
  const stay = (): void => {
    removeEventListener('pagehide', go);
    leaving.set(new Set([...leaving.get()].filter((other) => other !== id)));
  };
  const go = (): void => {
    removeEventListener('pagehide', go);
    client.conversations
      .leave(id)
      .catch((error: unknown) => {
        // Signed out meanwhile: whoever is here now has nothing to do with it.
        if (client.connection.get().type !== 'ended') toastError(error, () => leave(client, id, name));
      })
      .finally(stay);
  };
  addEventListener('pagehide', go);
  toast(t('list.leaving', { name }), { action: { label: t('common.undo'), run: stay }, onGone: go });
}
