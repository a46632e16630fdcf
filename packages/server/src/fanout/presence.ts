/** Who is online. Kept in memory by connection; only `last seen` is stored. */
import type { Presence, PresenceSetting } from '@kith/protocol';

export interface Presences {
  /** The presence of these people as others may see it, in the same order; unknown people are offline. */
  of(tenantId: number, userIds: readonly string[]): Promise<Presence[]>;
  /** A person's own choice took effect (S5 stores it). */
  setSetting(tenantId: number, userId: string, setting: PresenceSetting): void;
}
