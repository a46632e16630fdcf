/** What people let others see and do: pure rules over facts, and the facts, cached. */
import type { Audience, PrivacySettings } from '@kith/protocol';

export interface PrivacyFacts extends PrivacySettings {
  readonly avatarId: string | null;
  /** Ids of those this person blocks, and of those who block them. */
  readonly blocks: ReadonlySet<string>;
  readonly blockedBy: ReadonlySet<string>;
}

/** How somebody stands to the person whose setting it is. */
export type Relation = 'self' | 'blocked' | 'contact' | 'stranger';

export function mayBy(setting: Audience, relation: Relation): boolean {
  if (relation === 'self') return true;
  if (relation === 'blocked') return false;
  return setting === 'everyone' || (setting === 'contacts' && relation === 'contact');
}

/** What a setting of this kind guards. */
export type Guarded = 'lastSeen' | 'avatar' | 'groups';

export interface Privacy {
  /** Null: there is no such person. */
  facts(tenantId: number, userId: string): Promise<PrivacyFacts | null>;
  /** What is known without asking. */
  known(tenantId: number, userId: string): PrivacyFacts | undefined;
  /** Which of these this person lets see or do it. `anyone`: only those who are blocked are left out. */
  allowed(
    tenantId: number,
    userId: string,
    what: Guarded | 'anyone',
    others: readonly string[],
  ): Promise<ReadonlySet<string>>;
  /** Those of them to whom this person is no contact. */
  strangers(tenantId: number, userId: string, others: readonly string[]): Promise<string[]>;
  /** Their settings or blocks changed. */
  invalidate(tenantId: number, userIds: readonly string[]): void;
  /** Nobody knows what changed. */
  invalidateAll(): void;
}

export interface PrivacyOptions {
  /** As committed. */
  readonly read: (tenantId: number, userId: string) => Promise<PrivacyFacts | null>;
  readonly contacts: (
    tenantId: number,
    userId: string,
    others: readonly string[],
  ) => Promise<ReadonlySet<string>>;
  readonly now?: () => number;
  readonly maxEntries?: number;
}

/** Should the word of a change be lost, it holds so long, ms. */
const FACTS_MS = 60_000;
/** Nobody is told when two people begin or cease to be contacts: that shows so late. */
const CONTACTS_MS = 20_000;
const MAX_ENTRIES = 50_000;

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

export function createPrivacy({
  read,
  contacts,
  now = Date.now,
  maxEntries = MAX_ENTRIES,
}: PrivacyOptions): Privacy {
  const kept = new Map<string, Kept<PrivacyFacts | null>>();
  const pairs = new Map<string, Kept<boolean>>();
  /** Rises with every change: what was read before one may be from before. */
  let epoch = 0;

  const keep = <T>(map: Map<string, Kept<T>>, key: string, value: T, ms: number): void => {
    map.delete(key);
    const oldest = map.size >= maxEntries ? map.keys().next().value : undefined;
    if (oldest !== undefined) map.delete(oldest);
    map.set(key, { value, until: now() + ms });
  };

  const known = (tenantId: number, userId: string): PrivacyFacts | null | undefined => {
    const one = kept.get(`${tenantId} ${userId}`);
    return one && one.until > now() ? one.value : undefined;
  };

  const facts = async (tenantId: number, userId: string): Promise<PrivacyFacts | null> => {
    const here = known(tenantId, userId);
    if (here !== undefined) return here;
    for (;;) {
      const before = epoch;
      const found = await read(tenantId, userId);
      if (before !== epoch) continue;
      keep(kept, `${tenantId} ${userId}`, found, FACTS_MS);
      return found;
    }
  };

  const contactsOf = async (
    tenantId: number,
    userId: string,
    others: readonly string[],
  ): Promise<ReadonlySet<string>> => {
    const yes = new Set<string>();
    const unknown: string[] = [];
    for (const other of others) {
      const pair = pairs.get(`${tenantId} ${userId} ${other}`);
      if (!pair || pair.until <= now()) unknown.push(other);
      else if (pair.value) yes.add(other);
    }
    const found = unknown.length > 0 ? await contacts(tenantId, userId, unknown) : yes;
    for (const other of unknown) {
      keep(pairs, `${tenantId} ${userId} ${other}`, found.has(other), CONTACTS_MS);
      if (found.has(other)) yes.add(other);
    }
    return yes;
  };

  return {
    facts,
    known: (tenantId, userId) => known(tenantId, userId) ?? undefined,
    allowed: async (tenantId, userId, what, others) => {
      const mine = await facts(tenantId, userId);
      if (!mine) return new Set();
      const setting = what === 'anyone' ? 'everyone' : mine[what];
      const asked = setting === 'contacts' ? others.filter((other) => other !== userId) : [];
      const close = asked.length > 0 ? await contactsOf(tenantId, userId, asked) : new Set<string>();
      const relation = (other: string): Relation => {
        if (other === userId) return 'self';
        if (mine.blocks.has(other)) return 'blocked';
        return close.has(other) ? 'contact' : 'stranger';
      };
      return new Set(others.filter((other) => mayBy(setting, relation(other))));
    },
    strangers: async (tenantId, userId, others) => {
      const known = await Promise.all(
        others.map(
          async (other) => other === userId || (await contactsOf(tenantId, other, [userId])).has(userId),
        ),
      );
      return others.filter((_, place) => !known[place]);
    },
    invalidate: (tenantId, userIds) => {
      epoch += 1;
      for (const userId of userIds) kept.delete(`${tenantId} ${userId}`);
    },
    invalidateAll: () => {
      epoch += 1;
      kept.clear();
      pairs.clear();
    },
  };
}
