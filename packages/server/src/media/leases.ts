/**
 * Which node writes to an upload, where there are several: a lease in the upload's row, so that what one node still holds in its
 * memory of a dropped line is never written over what another has taken since.
 */
import { KithError } from '@kith/protocol';
import type { Bus } from '../fanout/bus.ts';
import { subjects } from '../fanout/bus.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { freeUpload, leaseUpload, renewUpload, type UploadKey } from '../store/uploadLeases.ts';

export interface Lease {
  /**
   * Before bytes are written: when it was taken, the upload may not have been begun, and so could not be leased.
   * @throws KithError not_ready: another node was quicker.
   */
  confirm(): Promise<void>;
  /** False from the moment on at which another node may take it, whether or not this one was running when it came. */
  isHeld(): boolean;
  free(): Promise<void>;
}

export interface Leases {
  /**
   * Null: another node has it. Kept until it is freed, or the database has not heard of this node for a while: then
   * another may have taken it, and `onLost` is called.
   */
  take(key: UploadKey, onLost: () => void): Promise<Lease | null>;
  /** Asks whoever has it on another node to stop. */
  ask(key: UploadKey): void;
  /** Another node asks. */
  onAsked(listener: (key: UploadKey) => void): void;
}

const LEASE_MS = 20_000;

export interface LeasesOptions {
  readonly node: string;
  readonly database: Pick<Database, 'db'>;
  readonly bus: Bus;
  readonly logger: Logger;
  /** How long a node may be silent. */
  readonly leaseMs?: number;
}

export function createLeases({
  node,
  database: { db },
  bus,
  logger,
  leaseMs = LEASE_MS,
}: LeasesOptions): Leases {
  return {
    take: async (key, onLost) => {
      let lasts = lasting(leaseMs);
      const taken = await leaseUpload(db, key, node, leaseMs);
      if (taken === 'elsewhere') return null;
      let begun = taken === 'taken';
      let over = false;
      const lose = (): void => {
        if (over) return;
        over = true;
        clearInterval(renewal);
        onLost();
      };
      const renew = async (): Promise<void> => {
        if (!begun) return;
        const next = lasting(leaseMs);
        try {
          if (await renewUpload(db, key, node, leaseMs)) lasts = next;
          else lose();
        } catch (err) {
          logger.warn({ err, fileId: key.id }, 'the lease of an upload could not be renewed');
          if (!lasts()) lose();
        }
      };
      const renewal = setInterval(() => void renew(), leaseMs / 4).unref();
      return {
        confirm: async () => {
          if (begun) return;
          const next = lasting(leaseMs);
          if ((await leaseUpload(db, key, node, leaseMs)) !== 'taken') throw new KithError('not_ready');
          lasts = next;
          begun = true;
        },
        isHeld: () => !over && lasts(),
        free: async () => {
          over = true;
          clearInterval(renewal);
          await freeUpload(db, key, node);
        },
      };
    },
    ask: ({ tenantId, userId, id }) =>
      bus.publish(subjects.nodes, { type: 'upload_wanted', node, tenantId, userId, fileId: id }),
    onAsked: (listener) =>
      void bus.subscribe(subjects.nodes, (message) => {
        // Who asks hears it too, and would stop the very request for which it asks.
        if (message.type !== 'upload_wanted' || message.node === node) return;
        const { tenantId, userId, fileId: id } = message;
        listener({ tenantId, userId, id });
      }),
  };
}

/**
 * Whether `ms` have not passed yet. Begun before the database is asked, it is over before the database says so. By both clocks: one
 * stands still while the machine sleeps, the other may be set back.
 */
function lasting(ms: number): () => boolean {
  const [steady, wall] = [performance.now() + ms, Date.now() + ms];
  return () => performance.now() < steady && Date.now() < wall;
}
