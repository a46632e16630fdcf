/** What the server holds, and what a device shows of it. */
import type { KithClient, Timeline, TimelineMessage } from '@kith/client';
import { limits, type MessageRecord } from '@kith/protocol';

/** The whole visible history, asked for page by page from the start. */
export async function serverHistory(client: KithClient, conversationId: string): Promise<MessageRecord[]> {
  const messages: MessageRecord[] = [];
  for (let after = 0; ; ) {
    const page = await client.request('getHistory', { conversationId, after, limit: limits.pageMax });
    messages.push(...page.messages);
    const last = page.messages.at(-1);
    if (!last || page.atEnd) return messages;
    after = last.seq;
  }
}

/** Loads a timeline back to its beginning; what it shows is then everything. */
export async function loadAll(timeline: Timeline): Promise<readonly TimelineMessage[]> {
  for (;;) {
    const view = timeline.view.get();
    if (view.status === 'failed') throw new Error(`the timeline failed: ${view.error?.code}`);
    if (view.status !== 'ready') throw new Error('the timeline is loading');
    if (view.atStart) return view.messages;
    const before = view.messages[0]?.record.seq;
    await timeline.loadOlder();
    const after = timeline.view.get();
    if (after.error) throw after.error;
    if (!after.atStart && after.messages[0]?.record.seq === before) throw new Error('nothing older came');
  }
}

/** A record as everybody sees it: without the asking person's own view. */
export const shared = (record: MessageRecord): MessageRecord =>
  record.reactions
    ? { ...record, reactions: record.reactions.map(({ mine: _mine, ...reaction }) => reaction) }
    : record;
