/** Removing messages from one's own view: nobody else sees it, and it can be taken back while the toast is there. */
import type { KithClient } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { t } from '../i18n/index.ts';
import { toast, toastError } from '../ui/toast.ts';

/** All of one conversation. */
export function hideForMe(client: KithClient, records: readonly MessageRecord[]): void {
  const [first] = records;
  if (!first) return;
  const { conversationId } = first;
  const seqs = records.map(({ seq }) => seq);
  // To come back to what is gone leads nowhere.
  const reminders = records.flatMap(({ id }) => client.own.get('reminder', id).get() ?? []);
  const remind = (messageId: string, at: string | null) =>
    void client.reminders.set(conversationId, messageId, at).catch(toastError);
  const focus = neighbourOf(records);
  client.messages.setHidden(conversationId, seqs, true).catch(toastError);
  for (const { messageId } of reminders) remind(messageId, null);
  focus?.();
  toast(t('message.deletedForMe', { count: seqs.length }), {
    action: {
      label: t('common.undo'),
      run: () => {
        // Of what is hidden nobody is reminded: only when it is back.
        client.messages.setHidden(conversationId, seqs, false).then(() => {
          for (const { messageId, at } of reminders) if (Date.parse(at) > Date.now()) remind(messageId, at);
        }, toastError);
      },
    },
  });
}

/** Whoever walks the messages by keys stays among them: on the next one, else the one before. */
function neighbourOf(records: readonly MessageRecord[]): (() => void) | undefined {
  const gone = new Set(records.map(({ id }) => id));
  const focused = document.activeElement?.closest('[data-message]');
  if (!(focused instanceof HTMLElement) || !gone.has(focused.dataset.message ?? '')) return undefined;
  const rows = [...document.querySelectorAll<HTMLElement>('[data-message]')];
  const at = rows.indexOf(focused);
  const stays = (row: HTMLElement): boolean => !gone.has(row.dataset.message ?? '');
  const next = rows.slice(at).find(stays) ?? rows.slice(0, at).findLast(stays);
  return next && (() => next.focus());
}
