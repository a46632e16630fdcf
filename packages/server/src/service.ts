/** The wiring: every room made once and handed to those who need it. Tests make one on port 0 with a database in memory. */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Logger, pino } from 'pino';
import { createAccounts } from './accounts/createAccounts.ts';
import type { Config } from './config.ts';
import { createAnnouncer } from './fanout/announcer.ts';
import { type Bus, localBus, subjects } from './fanout/bus.ts';
import { createHttpApp } from './http/app.ts';
import { createRateLimiter } from './limits/rateLimiter.ts';
import { createMessageLog } from './log/append.ts';
import { createConversationLog } from './log/change.ts';
import { createReceiptLog } from './log/receipts.ts';
import { createMemberships } from './policy/memberships.ts';
import type { Services } from './services.ts';
import { type Database, openDatabase } from './store/database.ts';

export interface Service {
  readonly services: Services;
  /** Begins to accept. `url` is where this machine reaches it. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops accepting, lets what is under way end, and closes everything. May be called again. */
  close(): Promise<void>;
}

export interface ServiceOverrides {
  /** Closed with the service. Absent: as the configuration says. */
  readonly database?: Database;
  readonly bus?: Bus;
  readonly log?: Logger;
  readonly webRoot?: string;
}

/** What is under way at a stop may take this long. */
const DRAIN_MS = 10_000;

const WEB_ROOT = fileURLToPath(new URL('../../../apps/web/dist', import.meta.url));

type Phase = 'open' | 'draining' | 'closed';

/** Opens the database, brings it up to date, and builds the service on it. Nothing is accepted before `listen`. */
export async function createService(config: Config, overrides: ServiceOverrides = {}): Promise<Service> {
  const log = overrides.log ?? createLog(config);
  const database = overrides.database ?? (await openDatabase(databaseOptions(config)));
  const bus = overrides.bus ?? localBus();
  let phase: Phase = 'open';

  const announcer = createAnnouncer(bus);
  const memberships = createMemberships(database.db);
  bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'invalidate') memberships.invalidate(message.tenantId, message.conversationId);
  });
  const accounts = await createAccounts({ database, announcer, bus, config, log });
  const services: Services = {
    database,
    announcer,
    memberships,
    accounts,
    messageLog: createMessageLog({ database, announcer }),
    conversationLog: createConversationLog({ database, announcer }),
    receiptLog: createReceiptLog({ database, announcer }),
    presences: {
      of: async (_t, ids) => ids.map((userId) => ({ userId, state: 'offline' as const })),
      setSetting: () => undefined,
    },
    typing: { notify: () => undefined },
  };
  const limiter = createRateLimiter({ factor: config.rateFactor });
  const app = await createHttpApp({
    services,
    accounts,
    limiter,
    config,
    log,
    webRoot: overrides.webRoot ?? WEB_ROOT,
    isDraining: () => phase !== 'open',
  });

  const shutDown = async (): Promise<void> => {
    phase = 'draining';
    log.info('draining');
    const force = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
    await app.close();
    clearTimeout(force);
    await services.receiptLog.settled();
    accounts.close();
    await bus.close();
    await database.close();
    phase = 'closed';
    log.info('closed');
  };
  let closing: Promise<void> | null = null;

  return {
    services,
    listen: async () => {
      await app.listen({ port: config.port, host: config.host, listenTextResolver: (address) => `accepting on ${address}` });
      const { port } = app.server.address() as AddressInfo;
      log.info({ host: config.host, port, database: database.kind }, 'listening');
      return { url: `http://${urlHost(config.host)}:${port}`, port };
    },
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

const createLog = (config: Config): Logger =>
  pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));

const databaseOptions = ({ databaseUrl, databasePool, dataDirectory }: Config) =>
  databaseUrl === null ? { directory: dataDirectory } : { url: databaseUrl, poolSize: databasePool };

/** How to write a listening address into a URL: "any" is reached as this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '127.0.0.1' || host === '::1') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
