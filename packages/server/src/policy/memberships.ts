/**
 * The facts the policy judges by, cached: the hot path asks for them with every message. Bounded, and dropped when a
 * change is announced.
 */
import type {
  ConversationKind,
  HistoryVisibility,
  MemberRecord,
  MemberState,
  Role,
  Visibility,
} from '@kith/protocol';

export interface ConversationFacts {
  readonly kind: ConversationKind;
  readonly visibility: Visibility;
  readonly history: HistoryVisibility;
  readonly memberCount: number;
  /** A direct conversation in which one of the two blocks the other. */
  readonly blocked?: true;
}

export interface MemberFacts {
  readonly role: Role;
  readonly state: MemberState;
  readonly visibleAfter: number;
  /** A direct conversation that a stranger began: of who sent it, and of who has not accepted it yet. */
  readonly request?: 'sent' | 'received';
}

/** What is known of one person in one conversation. `member` is null for one who was never in it. */
export interface Membership {
  readonly conversation: ConversationFacts;
  readonly member: MemberFacts | null;
}

/** Reads the facts as they are committed; null when there is no such conversation. */
export type ReadMembership = (
  tenantId: number,
  conversationId: string,
  userId: string,
) => Promise<Membership | null>;

export interface Memberships {
  /** Null when there is no such conversation in this tenant. Answers in the order of the calls for one person and conversation. */
  get(tenantId: number, conversationId: string, userId: string): Promise<Membership | null>;
  /**
   * Somebody is about to be told this membership, as read from the database: what is known here and differs is dropped.
   * Else, with the word of a change lost, whoever asks for what the new membership lets them see would be answered as of
   * the old one, and keep that (S13).
   */
  confirm(tenantId: number, member: MemberRecord): void;
  /** The conversation or somebody's membership in it changed. */
  invalidate(tenantId: number, conversationId: string): void;
  /** Nobody knows what changed. */
  invalidateAll(): void;
}

const MAX_ENTRIES = 100_000;

interface Entry {
  /** As loaded; null while loading. */
  facts: Membership | null;
  loading: Promise<Membership | null> | null;
  /** Whether it was invalidated while loading: then what was read may be from before. */
  stale: boolean;
}

export function createMemberships(read: ReadMembership, maxEntries = MAX_ENTRIES): Memberships {
  // By conversation, then person: a change of the conversation drops all of its people in one step.
  const conversations = new Map<string, Map<string, Entry>>();
  let count = 0;

  const evict = (): void => {
    // Maps keep insertion order: the oldest conversations go first, whole.
    for (const [key, people] of conversations) {
      if (count < maxEntries) return;
      conversations.delete(key);
      count -= people.size;
    }
  };

  const entryOf = (key: string, userId: string): Entry => {
    let people = conversations.get(key);
    const known = people?.get(userId);
    if (known) return known;
    if (count >= maxEntries) evict();
    // Asked for again, since the eviction may have taken it.
    people = conversations.get(key) ?? new Map<string, Entry>();
    conversations.set(key, people);
    const entry: Entry = { facts: null, loading: null, stale: false };
    people.set(userId, entry);
    count += 1;
    return entry;
  };

  const load = async (
    entry: Entry,
    tenantId: number,
    conversationId: string,
    userId: string,
  ): Promise<Membership | null> => {
    try {
      for (;;) {
        entry.stale = false;
        const membership = await read(tenantId, conversationId, userId);
        if (entry.stale) continue;
        // Only who is in it is cached: a stranger could fill the cache with names that mean nothing, and whoever is
        // let in may act at once, even where that was never announced.
        if (membership?.member?.state === 'joined') entry.facts = membership;
        else forget(`${tenantId} ${conversationId}`, userId, entry);
        return membership;
      }
    } catch (error) {
      forget(`${tenantId} ${conversationId}`, userId, entry);
      throw error;
    } finally {
      entry.loading = null;
    }
  };

  const forget = (key: string, userId: string, entry: Entry): void => {
    const people = conversations.get(key);
    if (people?.get(userId) !== entry) return;
    people.delete(userId);
    count -= 1;
    if (people.size === 0) conversations.delete(key);
  };

  const doubt = (entry: Entry): void => {
    entry.facts = null;
    entry.stale = true;
  };

  return {
    get: (tenantId, conversationId, userId) => {
      const entry = entryOf(`${tenantId} ${conversationId}`, userId);
      if (entry.facts) return Promise.resolve(entry.facts);
      entry.loading ??= load(entry, tenantId, conversationId, userId);
      return entry.loading;
    },
    confirm: (tenantId, { conversationId, userId, ...told }) => {
      const entry = conversations.get(`${tenantId} ${conversationId}`)?.get(userId);
      if (!entry) return;
      const known = entry.facts?.member;
      const agrees =
        known?.state === told.state && known.role === told.role && known.visibleAfter === told.visibleAfter;
      if (!agrees) doubt(entry);
    },
    invalidate: (tenantId, conversationId) => {
      for (const entry of conversations.get(`${tenantId} ${conversationId}`)?.values() ?? []) doubt(entry);
    },
    invalidateAll: () => {
      for (const people of conversations.values()) for (const entry of people.values()) doubt(entry);
    },
  };
}
