/**
 * Which node writes to an upload, where there are several: a lease in the upload's row, so that what one node still holds in its
 * memory of a dropped line is never written over what another has taken since.
 */
import type { Bus } from '../fanout/bus.ts';
import { subjects } from '../fanout/bus.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/database.ts';
import { freeUpload, leaseUpload } from '../store/uploadLeases.ts';

export interface Leases {
  /** Null: another node has it. Kept until it is freed, or this node has not been heard of for a while. */
  take(id: string): Promise<{ free(): Promise<void> } | null>;
  /** Asks whoever has it to stop. */
  ask(id: string): void;
}

const LEASE_MS = 20_000;

export interface LeasesOptions {
  readonly node: string;
  readonly database: Pick<Database, 'db'>;
  readonly bus: Bus;
  readonly logger: Logger;
}

export function createLeases({ node, database: { db }, bus, logger }: LeasesOptions): Leases {
  return {
    take: async (id) => {
      if (!(await leaseUpload(db, id, node, LEASE_MS))) return null;
      const renewal = setInterval(() => {
        leaseUpload(db, id, node, LEASE_MS).catch((err: unknown) =>
          logger.warn({ err, fileId: id }, 'the lease of an upload could not be renewed'),
        );
      }, LEASE_MS / 4).unref();
      return {
        free: async () => {
          clearInterval(renewal);
          await freeUpload(db, id, node);
        },
      };
    },
    ask: (id) => bus.publish(subjects.nodes, { type: 'upload_wanted', fileId: id }),
  };
}
