/** Several server processes on one database, joined by NATS, or one without it: `stack.ts` for the many. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type Nats, startNats } from '@kith/tools/services/nats.ts';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { createPeople, type Person } from './people.ts';
import { end, postgresSettings, socketUrl, spawnServer } from './stack.ts';

export interface ClusterNode {
  /** Of the socket. */
  readonly url: string;
  readonly pid: number;
}

export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly databasePid: number;
  readonly databaseUrl: string;
  /** Null without a bus. */
  readonly busPid: number | null;
  readonly people: readonly Person[];
  /** Ends and removes everything. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** The core of each node; they may share one. */
  readonly cores: readonly number[];
  /** Of PostgreSQL and NATS; absent: wherever there is room. */
  readonly otherCore?: number;
  /** Whether they meet on NATS; more than one must. */
  readonly bus: boolean;
  readonly people: number;
}

export async function startCluster({
  cores,
  otherCore,
  bus,
  people: count,
}: ClusterOptions): Promise<Cluster> {
  if (cores.length > 1 && !bus) throw new Error('Several nodes need a bus.');
  const pinned = otherCore === undefined ? {} : { cpu: otherCore };
  let postgres: Postgres | null = null;
  let nats: Nats | null = null;
  const servers: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(end));
    await nats?.stop();
    await postgres?.stop();
  };
  try {
    postgres = await startPostgres({ fsync: true, settings: postgresSettings, ...pinned });
    nats = bus ? await startNats(pinned) : null;
    const secret = randomBytes(32).toString('hex');
    const people = await createPeople({ url: postgres.url }, secret, count);
    const nodes: ClusterNode[] = [];
    for (const core of cores) {
      const server = spawnServer({
        core,
        secret,
        databaseUrl: postgres.url,
        env: { KITH_BUS: nats?.url ?? '' },
      });
      servers.push(server);
      nodes.push({ url: await socketUrl(server), pid: server.pid ?? 0 });
    }
    return {
      nodes,
      databasePid: postgres.pid,
      databaseUrl: postgres.url,
      busPid: nats?.pid ?? null,
      people,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
