/**
 * S13: what a member may see begins where the membership says. An event that tells of older messages is told without
 * them to those who may not see them; its revisions stay, so that nobody sees a hole.
 */
import type { Event } from '@kith/protocol';
import { encodeEvent } from './announcer.ts';

type RecordsEvent = Extract<Event, { type: 'records' }>;

/**
 * Gives the form of an encoded `records` frame for any `visibleAfter`. Forms are cached by what they hide: one event
 * has few messages, so there are few, however many members stand at different places.
 */
export function viewsOf(frame: string): (visibleAfter: number) => string {
  const { event } = JSON.parse(frame) as { event: RecordsEvent };
  const seqs = event.records.flatMap((record) => (record.type === 'message' ? [record.seq] : []));
  const views = new Map<number, string>([[0, frame]]);
  return (visibleAfter) => {
    const hidden = seqs.filter((seq) => seq <= visibleAfter).length;
    let view = views.get(hidden);
    if (view === undefined) {
      const records = event.records.filter(
        (record) => record.type !== 'message' || record.seq > visibleAfter,
      );
      view = encodeEvent({ ...event, records });
      views.set(hidden, view);
    }
    return view;
  };
}
