/**
 * Which node writes to an upload, where there are several: a lease in the upload's row, so that what one node still holds in its
 * memory of a dropped line is never written over what another has taken since.
 */
import type { Bus } from '../fanout/bus.ts';
import { subjects } from '../fanout/bus.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { freeUpload, leaseUpload, type UploadKey } from '../store/uploadLeases.ts';

export interface Leases {
  /**
   * Null: another node has it. Kept until it is freed, or this node has not been heard of for a while: then
   * another may have taken it, and `onLost` is called.
   */
  take(key: UploadKey, onLost: () => void): Promise<{ free(): Promise<void> } | null>;
  /** Asks whoever has it to stop. */
  ask(key: UploadKey): void;
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
      if (!(await leaseUpload(db, key, node, leaseMs))) return null;
      let over = false;
      const renew = async (): Promise<void> => {
        try {
          if ((await leaseUpload(db, key, node, leaseMs)) || over) return;
          over = true;
          clearInterval(renewal);
          onLost();
        } catch (err) {
          logger.warn({ err, fileId: key.id }, 'the lease of an upload could not be renewed');
        }
      };
      const renewal = setInterval(() => void renew(), leaseMs / 4).unref();
      return {
        free: async () => {
          over = true;
          clearInterval(renewal);
          await freeUpload(db, key, node);
        },
      };
    },
    ask: ({ tenantId, userId, id }) =>
      bus.publish(subjects.nodes, { type: 'upload_wanted', tenantId, userId, fileId: id }),
  };
}
