/**
 * Who is online. Kept in memory by connection; only `last seen` is stored, some seconds after somebody left.
 *
 * One node knows all its people's devices. With several, each will tell the others over the bus what it knows of a
 * person, and `shownState` will join what they say; nothing else here would change.
 */
import type { Presence, PresenceSetting } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { lastSeenOf, storeLastSeen } from '../store/lastSeen.ts';
import type { Announcer } from './announcer.ts';
import { subjects } from './bus.ts';

/** What commands may ask and say. */
export interface Presences {
  /** The presence of these people as others may see it, in the same order; unknown people are offline. */
  of(tenantId: number, userIds: readonly string[]): Promise<Presence[]>;
  /** A person's own choice took effect (S5 stores it). */
  setSetting(tenantId: number, userId: string, setting: PresenceSetting): void;
}

export interface PresenceDevice {
  /** Whether somebody is at it: its own word counts, for only it sees the keyboard. */
  setActive(active: boolean): void;
  close(): void;
}

export interface PresenceService extends Presences {
  /** A device of this person is here, active until it says otherwise. */
  connect(tenantId: number, userId: string, setting: PresenceSetting): PresenceDevice;
  /** Stores what is not stored yet. */
  close(): Promise<void>;
}

export interface PresenceOptions {
  readonly announcer: Pick<Announcer, 'ephemeral'>;
  readonly database: Pick<Database, 'db'>;
  readonly logger: Logger;
  readonly now?: () => number;
  /** A person whose last device left is offline after this time, ms: a reload is no departure. */
  readonly graceMs?: number;
  /** Last-seen times are collected this long before they are written, ms. */
  readonly storeEveryMs?: number;
}

const GRACE_MS = 5_000;
const STORE_EVERY_MS = 2_000;
/** A crash of the server loses at most this much of `last seen`. */
const CHECKPOINT_MS = 5 * 60_000;

interface Entry {
  readonly tenantId: number;
  readonly userId: string;
  setting: PresenceSetting;
  readonly devices: Set<{ active: boolean }>;
  shown: Presence['state'];
  /** Runs while the last device is gone and the person still counts as here. */
  leaving: { readonly timer: NodeJS.Timeout; readonly since: number } | null;
}

const keyOf = (tenantId: number, userId: string): string => `${tenantId} ${userId}`;

function shownState({ setting, devices, leaving, shown }: Entry): Presence['state'] {
  if (setting === 'invisible') return 'offline';
  if (devices.size === 0) return leaving ? shown : 'offline';
  if (setting === 'away') return 'away';
  for (const device of devices) if (device.active) return 'online';
  return 'away';
}

export function createPresences(options: PresenceOptions): PresenceService {
  const { announcer, logger, now = Date.now, graceMs = GRACE_MS, storeEveryMs = STORE_EVERY_MS } = options;
  const { db } = options.database;
  const entries = new Map<string, Entry>();
  /** Last seen, not stored yet. */
  const unsaved = new Map<string, { tenantId: number; userId: string; at: Date }>();
  let storeTimer: NodeJS.Timeout | null = null;
  let open = true;

  const saw = (entry: Entry, time: number): void => {
    unsaved.set(keyOf(entry.tenantId, entry.userId), {
      tenantId: entry.tenantId,
      userId: entry.userId,
      at: new Date(time),
    });
    if (open) storeTimer ??= setTimeout(() => void save(), storeEveryMs);
  };

  const save = async (): Promise<void> => {
    storeTimer = null;
    const batch = [...unsaved];
    try {
      await storeLastSeen(
        db,
        batch.map(([, seen]) => seen),
      );
      for (const [key, seen] of batch) if (unsaved.get(key) === seen) unsaved.delete(key);
    } catch (err) {
      logger.warn({ err }, 'could not store when people were last seen; trying again');
      if (open) storeTimer ??= setTimeout(() => void save(), storeEveryMs * 5);
    }
  };

  const update = (entry: Entry, seenAt: number): void => {
    const state = shownState(entry);
    if (state === entry.shown) return;
    entry.shown = state;
    const { userId } = entry;
    if (state === 'offline') saw(entry, seenAt);
    const presence: Presence =
      state === 'offline' ? { userId, state, lastSeenAt: new Date(seenAt).toISOString() } : { userId, state };
    announcer.ephemeral(subjects.presence(entry.tenantId, userId), { type: 'presence', presence });
  };

  const left = (entry: Entry, since: number): void => {
    entry.leaving = null;
    if (entry.devices.size > 0) return;
    update(entry, since);
    const key = keyOf(entry.tenantId, entry.userId);
    if (entries.get(key) === entry) entries.delete(key);
  };

  const checkpoint = setInterval(() => {
    for (const entry of entries.values()) if (entry.shown !== 'offline') saw(entry, now());
  }, CHECKPOINT_MS);
  checkpoint.unref();

  return {
    of: async (tenantId, userIds) => {
      const known = (userId: string): Presence | null => {
        const entry = entries.get(keyOf(tenantId, userId));
        return entry && entry.shown !== 'offline' ? { userId, state: entry.shown } : null;
      };
      const absent = userIds.filter((userId) => !known(userId));
      const stored = absent.length > 0 ? await lastSeenOf(db, tenantId, absent) : new Map<string, Date>();
      return userIds.map((userId) => {
        // Asked again: somebody may have come while the database answered.
        const presence = known(userId);
        if (presence) return presence;
        const at = unsaved.get(keyOf(tenantId, userId))?.at ?? stored.get(userId);
        return { userId, state: 'offline', ...(at && { lastSeenAt: at.toISOString() }) };
      });
    },
    setSetting: (tenantId, userId, setting) => {
      const entry = entries.get(keyOf(tenantId, userId));
      if (!entry) return;
      entry.setting = setting;
      update(entry, now());
    },
    connect: (tenantId, userId, setting) => {
      const key = keyOf(tenantId, userId);
      const entry: Entry = entries.get(key) ?? {
        tenantId,
        userId,
        setting,
        devices: new Set(),
        shown: 'offline',
        leaving: null,
      };
      entries.set(key, entry);
      entry.setting = setting;
      if (entry.leaving) clearTimeout(entry.leaving.timer);
      entry.leaving = null;
      const device = { active: true };
      entry.devices.add(device);
      update(entry, now());
      return {
        setActive: (active) => {
          device.active = active;
          update(entry, now());
        },
        close: () => {
          if (!entry.devices.delete(device)) return;
          const since = now();
          if (entry.devices.size > 0) {
            update(entry, since);
          } else if (open) {
            const timer = setTimeout(() => left(entry, since), graceMs);
            entry.leaving = { timer, since };
          } else {
            left(entry, since);
          }
        },
      };
    },
    close: async () => {
      open = false;
      clearInterval(checkpoint);
      for (const entry of [...entries.values()]) {
        if (entry.leaving) clearTimeout(entry.leaving.timer);
        if (entry.shown !== 'offline') saw(entry, entry.leaving?.since ?? now());
      }
      if (storeTimer) clearTimeout(storeTimer);
      await save();
    },
  };
}
