/** How the person keeps their conversations: told by wishes, so that it works without a connection too. */
import type { Preference } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import type { Core } from './core.ts';
import { pinnedOf, placesAfter, topPlace } from './store/pinned.ts';
import type { Conversations } from './types.ts';

export function preferencesOf({
  list,
  wishes,
}: Core): Pick<Conversations, 'setPreference' | 'setArchived' | 'setPinned' | 'movePinned'> {
  const set = async (id: string, change: Partial<Preference>) => {
    const pins = change.pinned != null && (list.peek(id)?.preference.pinned ?? null) === null;
    if (pins && pinnedOf(list.list.get()).length >= limits.pinnedConversations)
      throw new KithError('limit_reached', {
        message: `At most ${limits.pinnedConversations} conversations can be pinned.`,
      });
    await wishes.set('preference', id, change);
  };
  return {
    setPreference: set,
    setArchived: (id, archived) =>
      set(id, archived ? { archivedSeq: list.peek(id)?.lastSeq ?? 0, pinned: null } : { archivedSeq: null }),
    setPinned: (id, pinned) =>
      // Taken out of the archive: on top of a list that it is not in would say nothing.
      set(id, pinned ? { pinned: topPlace(list.list.get()), archivedSeq: null } : { pinned: null }),
    movePinned: async (id, index) => {
      const places = placesAfter(pinnedOf(list.list.get()), id, index);
      await Promise.all([...places].map(([each, pinned]) => set(each, { pinned })));
    },
  };
}
