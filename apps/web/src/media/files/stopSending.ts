/** Gives up a message whose files are on their way; its words come back into the field they were written in. */
import type { KithClient, TimelineMessage } from '@kith/client';
import { getDraft, setDraft } from '../../composer/drafts.ts';
import { below, fromWire } from '../../composer/text.ts';
import { textOf } from '../../message/excerpt.ts';

export function stopSending(client: KithClient, { record }: TimelineMessage): void {
  client.messages.discard(record.id);
  const text = textOf(record.body);
  if (text.trim() === '') return;
  const place = record.thread?.rootId ?? record.conversationId;
  const words = fromWire(text, (id) => client.users.get(id).get()?.displayName);
  setDraft(place, below(getDraft(place), words));
}
