/** Saving is forwarding to the conversation with oneself. */
import type { KithClient } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { toast, toastError } from '../ui/toast.ts';

export function save(client: KithClient, meId: string | undefined, messages: readonly MessageRecord[]): void {
  if (meId === undefined) return;
  const work = async () => {
    const id = await client.conversations.openDirect(meId);
    for (const message of messages) client.messages.forward(id, message);
    toast(t('message.saved', { count: messages.length }), {
      action: { label: t('message.savedShow'), run: () => openConversation(id) },
    });
  };
  work().catch(toastError);
}
