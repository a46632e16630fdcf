/**
 * One request at a time writes to an upload. Who comes later asks the former to stop and waits: a line that dropped may look open
 * here for minutes, and its client is back already, perhaps on another node (leases.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KithError } from '@kith/protocol';
import type { Lock, Locker, RequestRelease } from '@tus/server';
import type { UploadKey } from '../store/uploadLeases.ts';
import type { Somebody } from '../store/users.ts';
import type { Fence } from './byteStore.ts';
import type { Lease, Leases } from './leases.ts';

export interface UploadLocks {
  /** Those of one person: whether somebody else has an upload of the same id is nobody's to know, and nobody's to disturb. */
  of(person: Somebody): Locker;
  /** For who holds it and is about to write. @throws KithError not_ready: another node was quicker. */
  fence(key: UploadKey): Promise<Fence>;
}

export interface UploadLocksOptions {
  /** Absent: there is one node. */
  readonly leases?: Leases;
  readonly waitMs?: number;
}

/** A former request ends within the server's drain time; longer than that, something is wrong. */
const WAIT_MS = 10_000;
/** Requests that wait for one upload: a client has one, a hostile one many. */
const MOST_WAITING = 4;
const ASK_MS = 100;

interface Held {
  readonly askToStop: RequestRelease;
  readonly next: (() => void)[];
  lease?: Lease;
}

const nameOf = ({ tenantId, userId, id }: UploadKey): string => `${tenantId} ${userId} ${id}`;

/** As tus answers for what somebody else holds. */
const LOCKED = { status_code: 423, body: 'Another request writes to this upload\n' };

export function createUploadLocks({ leases, waitMs = WAIT_MS }: UploadLocksOptions = {}): UploadLocks {
  const locks = new Map<string, Held>();

  const free = async (name: string): Promise<void> => {
    const held = locks.get(name);
    try {
      await held?.lease?.free();
    } finally {
      locks.delete(name);
      for (const resolve of held?.next ?? []) resolve();
    }
  };

  const take = async (key: UploadKey, signal: AbortSignal, askToStop: RequestRelease): Promise<void> => {
    const name = nameOf(key);
    const late = new AbortController();
    // A timer keeps its controller; a time-out within `any` is garbage while nobody listens, and then never comes.
    const timer = setTimeout(() => late.abort(), waitMs);
    const deadline = AbortSignal.any([signal, late.signal]);
    try {
      const held = await takeHere(name, askToStop, deadline);
      if (leases) held.lease = await leaseOf(leases, key, askToStop, deadline);
    } finally {
      clearTimeout(timer);
    }
  };

  const takeHere = async (name: string, askToStop: RequestRelease, deadline: AbortSignal): Promise<Held> => {
    for (let held = locks.get(name); held; held = locks.get(name)) {
      const { next } = held;
      if (deadline.aborted || next.length >= MOST_WAITING) throw LOCKED;
      const freed = new Promise<void>((resolve) => {
        next.push(resolve);
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
      await held.askToStop();
      await freed;
    }
    const held: Held = { askToStop, next: [] };
    locks.set(name, held);
    return held;
  };

  const leaseOf = async (
    leases: Leases,
    key: UploadKey,
    askToStop: RequestRelease,
    deadline: AbortSignal,
  ): Promise<Lease> => {
    try {
      for (;;) {
        const lease = await leases.take(key, () => void askToStop());
        if (lease) return lease;
        if (deadline.aborted) throw LOCKED;
        leases.ask(key);
        await sleep(ASK_MS);
      }
    } catch (error) {
      await free(nameOf(key));
      throw error;
    }
  };

  leases?.onAsked((key) => void locks.get(nameOf(key))?.askToStop());

  return {
    of: ({ tenantId, userId }) => ({
      newLock: (id): Lock => ({
        lock: (signal, askToStop) => take({ tenantId, userId, id }, signal, askToStop),
        unlock: () => free(nameOf({ tenantId, userId, id })),
      }),
    }),
    fence: async (key) => {
      const lease = locks.get(nameOf(key))?.lease;
      await lease?.confirm();
      return () => {
        if (lease && !lease.isHeld()) throw new KithError('not_ready');
      };
    },
  };
}
