/**
 * Who is online. Kept in memory by connection; only `last seen` is stored, some seconds after somebody left. A node knows
 * the devices of its own people, and from its peers how others are; who is shown is the most present of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Presence, PresenceSetting } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { lastSeenOf, storeLastSeen } from '../store/lastSeen.ts';
import { presenceSettings } from '../store/users.ts';
import { type Bus, subjects } from './bus.ts';
import { createPeers, mostPresent } from './peers.ts';

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
  /** Reads the choices of everybody here again, soon: the word of one may have been lost. */
  readAgain(): void;
  /** Other nodes that are alive. */
  peers(): number;
  /** Stores what is not stored yet. */
  close(): Promise<void>;
}

export interface PresenceOptions {
  /** What the other nodes call this one. */
  readonly node: string;
  readonly bus: Bus;
  readonly database: Pick<Database, 'db'>;
  readonly logger: Logger;
  /** Somebody is shown otherwise from now on: for the sockets of this node. */
  readonly onShown: (tenantId: number, presence: Presence) => void;
  readonly now?: () => number;
  /** A person whose last device left is offline after this time, ms: a reload is no departure. */
  readonly graceMs?: number;
  /** Last-seen times are collected this long before they are written, ms. */
  readonly storeEveryMs?: number;
  /** How often nodes say that they are alive, ms. */
  readonly aliveEveryMs?: number;
}

const GRACE_MS = 5_000;
const STORE_EVERY_MS = 2_000;
/** A crash of the server loses at most this much of `last seen`. */
const CHECKPOINT_MS = 5 * 60_000;
/** People whose choices are read in one statement. */
const READ_AT_ONCE = 2_000;

interface Entry {
  readonly tenantId: number;
  readonly userId: string;
  setting: PresenceSetting;
  /** How often it was set. */
  chosen: number;
  readonly devices: Set<Device>;
  /** By the devices here. */
  here: Presence['state'];
  /** Runs while the last device is gone and the person still counts as here. */
  leaving: { readonly timer: NodeJS.Timeout; readonly since: number } | null;
}

/** A class, for there are as many as sockets: functions made for each weigh more. */
class Device implements PresenceDevice {
  active = true;
  readonly #entry: Entry;
  readonly #moved: (entry: Entry) => void;
  readonly #gone: (entry: Entry, device: Device) => void;

  constructor(entry: Entry, moved: (entry: Entry) => void, gone: (entry: Entry, device: Device) => void) {
    this.#entry = entry;
    this.#moved = moved;
    this.#gone = gone;
  }

  setActive(active: boolean): void {
    this.active = active;
    this.#moved(this.#entry);
  }

  close(): void {
    this.#gone(this.#entry, this);
  }
}

const keyOf = (tenantId: number, userId: string): string => `${tenantId} ${userId}`;

function stateHere({ setting, devices, leaving, here }: Entry): Presence['state'] {
  if (setting === 'invisible') return 'offline';
  if (devices.size === 0) return leaving ? here : 'offline';
  if (setting === 'away') return 'away';
  for (const device of devices) if (device.active) return 'online';
  return 'away';
}

export function createPresences(options: PresenceOptions): PresenceService {
  const { bus, logger, onShown, now = Date.now, graceMs = GRACE_MS, storeEveryMs = STORE_EVERY_MS } = options;
  const { db } = options.database;
  const entries = new Map<string, Entry>();
  /** Last seen, not stored yet. */
  const unsaved = new Map<string, { tenantId: number; userId: string; at: Date }>();
  let storeTimer: NodeJS.Timeout | null = null;
  let open = true;

  const saw = ({ tenantId, userId }: { tenantId: number; userId: string }, time: number): void => {
    unsaved.set(keyOf(tenantId, userId), { tenantId, userId, at: new Date(time) });
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

  const shownState = (tenantId: number, userId: string): Presence['state'] =>
    mostPresent(entries.get(keyOf(tenantId, userId))?.here ?? 'offline', peers.stateOf(tenantId, userId));

  const show = (tenantId: number, userId: string, seenAt: number): void => {
    const state = shownState(tenantId, userId);
    const lastSeenAt = new Date(seenAt).toISOString();
    onShown(tenantId, state === 'offline' ? { userId, state, lastSeenAt } : { userId, state });
  };

  const update = (entry: Entry, seenAt: number): void => {
    const here = stateHere(entry);
    if (here === entry.here) return;
    entry.here = here;
    const { tenantId, userId } = entry;
    if (here === 'offline') saw(entry, seenAt);
    peers.tell({ tenantId, userId, state: here });
    show(tenantId, userId, seenAt);
  };

  const peers = createPeers({
    node: options.node,
    bus,
    logger,
    onChange: (tenantId, userId, diedAt) => {
      // What a dead node would have stored itself.
      if (diedAt !== null && peers.isFirst()) saw({ tenantId, userId }, diedAt);
      show(tenantId, userId, diedAt ?? now());
    },
    ...(options.aliveEveryMs !== undefined && { aliveEveryMs: options.aliveEveryMs }),
  });

  const choose = (entry: Entry, setting: PresenceSetting): void => {
    entry.setting = setting;
    entry.chosen += 1;
    update(entry, now());
  };

  const endOfSettings = bus.subscribe(subjects.nodes, (message) => {
    if (message.type !== 'presence_setting') return;
    const entry = entries.get(keyOf(message.tenantId, message.userId));
    if (entry) choose(entry, message.setting);
  });

  const toRead = new Set<Entry>();
  let reading = false;
  const readAll = async (): Promise<void> => {
    reading = true;
    while (open && toRead.size > 0) {
      const some = [...toRead].slice(0, READ_AT_ONCE);
      for (const entry of some) toRead.delete(entry);
      const chosen = some.map((entry) => entry.chosen);
      try {
        const settings = await presenceSettings(db, some);
        for (const [n, entry] of some.entries()) {
          const setting = settings[n];
          // What was heard meanwhile may be newer than what was read, or older.
          if (entry.chosen !== chosen[n]) toRead.add(entry);
          else if (setting && setting !== entry.setting) choose(entry, setting);
        }
      } catch (err) {
        logger.warn({ err }, 'could not read choices of presence again; trying again');
        for (const entry of some) toRead.add(entry);
        await sleep(storeEveryMs * 5);
      }
    }
    reading = false;
  };

  const left = (entry: Entry, since: number): void => {
    entry.leaving = null;
    if (entry.devices.size > 0) return;
    update(entry, since);
    const key = keyOf(entry.tenantId, entry.userId);
    if (entries.get(key) === entry) entries.delete(key);
  };

  const moved = (entry: Entry): void => update(entry, now());

  const gone = (entry: Entry, device: Device): void => {
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
  };

  const checkpoint = setInterval(() => {
    for (const entry of entries.values()) if (entry.here !== 'offline') saw(entry, now());
  }, CHECKPOINT_MS);
  checkpoint.unref();

  return {
    of: async (tenantId, userIds) => {
      const known = (userId: string): Presence | null => {
        const state = shownState(tenantId, userId);
        return state === 'offline' ? null : { userId, state };
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
    setSetting: (tenantId, userId, setting) =>
      bus.publish(subjects.nodes, { type: 'presence_setting', tenantId, userId, setting }),
    connect: (tenantId, userId, setting) => {
      const key = keyOf(tenantId, userId);
      const entry: Entry = entries.get(key) ?? {
        tenantId,
        userId,
        setting,
        chosen: 0,
        devices: new Set(),
        here: 'offline',
        leaving: null,
      };
      entries.set(key, entry);
      entry.setting = setting;
      entry.chosen += 1;
      // Their choice may have been read before what is being read.
      if (reading) toRead.add(entry);
      if (entry.leaving) clearTimeout(entry.leaving.timer);
      entry.leaving = null;
      const device = new Device(entry, moved, gone);
      entry.devices.add(device);
      moved(entry);
      return device;
    },
    readAgain: () => {
      for (const entry of entries.values()) toRead.add(entry);
      if (!reading) void readAll();
    },
    peers: peers.count,
    close: async () => {
      open = false;
      clearInterval(checkpoint);
      endOfSettings();
      peers.close();
      for (const entry of [...entries.values()]) {
        if (entry.leaving) clearTimeout(entry.leaving.timer);
        if (entry.here !== 'offline') saw(entry, entry.leaving?.since ?? now());
      }
      if (storeTimer) clearTimeout(storeTimer);
      await save();
    },
  };
}
