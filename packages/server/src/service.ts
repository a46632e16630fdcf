/** The wiring: every room made once and handed to those who need it. Tests make one on port 0 with a database in memory. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newId } from '@kith/protocol';
import type { Logger } from 'pino';
import { createAccounts } from './accounts/createAccounts.ts';
import { createEmbed, tenantKeys } from './accounts/embed/embed.ts';
import { createHostPictures, type HostPictures } from './accounts/embed/pictures.ts';
import { openBreachedList } from './accounts/passwords/breached.ts';
import { loadSecret } from './accounts/secret.ts';
import { findKey } from './accounts/tenants/apiKeys.ts';
import { createTenantBook } from './accounts/tenants/book.ts';
import { createOperator } from './accounts/tenants/operator.ts';
import { tenantsDb } from './accounts/tenants/tables.ts';
import { createAdmin } from './admin/admin.ts';
import { createBlobs } from './blobs/blobs.ts';
import { updateProfile } from './commands/updateProfile.ts';
import { veilTold } from './commands/veil.ts';
import type { Config } from './config.ts';
import { createEmojiBook } from './emoji/emojiBook.ts';
import { createSweeper } from './expiry/sweeper.ts';
import { createAnnouncer } from './fanout/announcer.ts';
import { createAntiEntropy } from './fanout/antiEntropy.ts';
import { audienceBy, estrangedBy, followPrivacy } from './fanout/audience.ts';
import { type Bus, localBus, subjects } from './fanout/bus.ts';
import { createHub } from './fanout/hub.ts';
import { natsBus } from './fanout/natsBus.ts';
import { createPresences, type PresenceService } from './fanout/presence.ts';
import { createTyping } from './fanout/typing.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { configuredGifs } from './gifs/providers.ts';
import { createHttpApp } from './http/app.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { addressOf, isOwnOrigin } from './http/origin.ts';
import { createDueWork, type DueWork } from './jobs/dueWork.ts';
import { dueKinds } from './jobs/kinds.ts';
import { createCatchUps } from './limits/catchUps.ts';
import { createNewcomers } from './limits/newcomers.ts';
import { createRateLimiter } from './limits/rateLimiter.ts';
import { createTurnstile } from './limits/turnstile.ts';
import { createMessageLog } from './log/append.ts';
import { createConversationLog } from './log/change.ts';
import { createReceiptLog } from './log/receipts.ts';
import { createLog } from './logger.ts';
import { createMail } from './mail/mail.ts';
import { createLeases } from './media/leases.ts';
import { openFiles } from './media/openFiles.ts';
import { createTranscodes } from './media/transcode/transcodes.ts';
import type { Meter } from './meter.ts';
import { createMemberships } from './policy/memberships.ts';
import { createPrivacy } from './policy/privacy.ts';
import type { Outside } from './previews/outside.ts';
import { createOutside } from './previews/outside.ts';
import { createPreviews } from './previews/previews.ts';
import { createSearchIndexer } from './search/indexer.ts';
import { createSearch } from './search/search.ts';
import type { Services } from './services.ts';
import { createSms } from './sms/sms.ts';
import { createChangesReader } from './store/changesReader.ts';
import { type Database, openDatabase } from './store/database.ts';
import { peopleInReach } from './store/guests.ts';
import { countMails } from './store/mails.ts';
import { privacyReads } from './store/privacy.ts';
import { createReads } from './store/reads.ts';

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
  /** How often missed commits are looked for (S11). */
  readonly antiEntropyMs?: number;
  /** What fetches the pages behind links. */
  readonly outside?: Outside;
}

/** HTTP requests that are under way at a stop may take this long. */
const DRAIN_MS = 10_000;
/** Load balancers ask every second or two whether a node is ready. */
const NOTICE_MS = 3_000;

/** When NATS was away for all, each node says so; once is enough to look. */
const GAP_MS = 1_000;

/** Does the work once for all calls of such a time. */
function collected(ms: number, work: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    setTimeout(() => {
      planned = false;
      work();
    }, ms).unref();
  };
}

const WEB_ROOT = fileURLToPath(new URL('../../../apps/web/dist', import.meta.url));

/** Searches at a time, so that some connections are always left for what is written; and what waits longer is asked for anew. */
const SEARCHES = 2;
const SEARCH_PATIENCE_MS = 5_000;
/** So many messages that wait for their commit are a sign of load. */
const MANY_WAITING = 200;

type Phase = 'open' | 'draining' | 'closed';

/** Opens the database, brings it up to date, and builds the service on it. Nothing is accepted before `listen`. */
export async function createService(config: Config, overrides: ServiceOverrides = {}): Promise<Service> {
  /** What the other nodes and the log call this one; a restart makes another one of it. */
  const node = newId();
  const log = overrides.log ?? createLog(config.logLevel, node);
  // Before the database: a start that is refused should leave nothing behind.
  const breached =
    config.breachedPasswords === null ? null : await openBreachedList(config.breachedPasswords);
  const database = overrides.database ?? (await openDatabase(databaseOptions(config)));
  const metrics = createMetrics();
  const { meter } = metrics;
  const bus = overrides.bus ?? (await openBus(config, database, log, meter));
  if (config.bus === null && (await database.isShared())) {
    log.warn(
      'another process uses this database: without the same KITH_BUS for all, people hear those on another late',
    );
  }
  let phase: Phase = 'open';

  const searchIndexer = createSearchIndexer({
    database,
    logger: log,
    busy: () => services.messageLog.waiting() > MANY_WAITING,
  });
  const announcer = createAnnouncer(bus, { onChanged: searchIndexer.note });
  const reads = createReads(database.db, config.shards);
  const memberships = createMemberships(reads.membership);
  bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'invalidate') memberships.invalidate(message.tenantId, message.conversationId);
  });
  /** Where this machine reaches it. */
  let here: string | undefined;
  const mail = createMail({
    config,
    database,
    log,
    origin: () => here ?? `http://localhost:${config.port}`,
    sent: (result) => metrics.posted('mail', result),
  });
  const sms = createSms({
    config,
    database,
    log,
    origin: () => here ?? `http://localhost:${config.port}`,
    sent: (result) => metrics.posted('sms', result),
  });
  const secrets = [
    config.secret ?? (await loadSecret(database.db, 'session')),
    ...config.formerSecrets,
  ] as const;
  const tenants = createTenantBook({ db: tenantsDb(database.db), bus, log });
  await tenants.start();
  let pictures: HostPictures | undefined;
  const embed = createEmbed({
    database,
    announcer,
    bus,
    book: tenants,
    log,
    secrets,
    insecureKeys: config.privateKeys,
    pictured: () => pictures?.nudge(),
    ...(overrides.outside && { outside: overrides.outside }),
  });
  const operator = createOperator({
    db: tenantsDb(database.db),
    keys: tenantKeys(secrets),
    changed: tenants.changed,
    endSessions: embed.sessions.endAll,
  });
  const conversationLog = createConversationLog({ database, announcer });
  const accounts = await createAccounts({
    database,
    announcer,
    conversationLog,
    bus,
    mail,
    sms,
    config,
    log,
    hosts: embed.sessions,
    tenantsChanged: tenants.changed,
    meter,
    breached,
    origin: () => here ?? `http://localhost:${config.port}`,
  });
  const privacy = createPrivacy(privacyReads(database.db));
  const hub = createHub({
    bus,
    database,
    logger: log,
    meter,
    reads,
    onTell: memberships.confirm,
    audience: audienceBy(privacy),
    reach: (tenantId, userId, guests) => peopleInReach(database.db, { tenantId, userId }, guests),
    estranged: estrangedBy(privacy),
    veil: (tenantId, userId, joined) => veilTold(privacy, tenantId, userId, joined),
  });
  const presences = createPresences({ node, bus, database, logger: log, onShown: hub.showPresence });
  const leases = config.bus === null ? undefined : createLeases({ node, database, bus, logger: log });
  if (config.bus !== null && config.s3Url === null && config.filesDirectory === null) {
    log.warn(
      'files lie in KITH_DATA of this node: others find them only if they use the same folder (KITH_FILES), or S3',
    );
  }
  const { files, links, uploadLocks, vault, scanImage } = await openFiles(config, database, log, leases);
  const blobs = createBlobs({ database, vault, scan: scanImage, logger: log });
  followPrivacy({
    bus,
    privacy,
    hub,
    presences,
    onError: (err) => log.warn({ err }, 'a change of privacy shows late'),
  });
  const transcodes = createTranscodes({
    database,
    vault,
    conversationLog,
    enabled: config.transcode,
    logger: log,
  });
  let dueWork: DueWork | undefined;
  const services: Services = {
    database,
    reads,
    announcer,
    memberships,
    accounts,
    tenants,
    embed,
    invites: accounts.invites,
    blobs,
    files,
    links,
    uploadLocks,
    transcodes,
    previews: createPreviews({
      database,
      blobs,
      conversationLog,
      logger: log,
      enabled: config.linkPreviews,
      ...(overrides.outside && { outside: overrides.outside }),
    }),
    emojiBook: createEmojiBook({ database, bus }),
    gifs: await configuredGifs(config, database.db),
    presences,
    privacy,
    newcomers: createNewcomers({ db: database.db, privacy, config }),
    typing: createTyping({ announcer }),
    meter,
    dueWork: { plan: (at) => dueWork?.plan(at) },
    messageLog: createMessageLog({ database, announcer, meter, shards: config.shards }),
    conversationLog,
    receiptLog: createReceiptLog({ database, announcer, shards: config.shards }),
    changesReader: createChangesReader(database.db, config.shards),
    catchUps: createCatchUps(),
    search: createSearch(
      database.db,
      createTurnstile({ parallel: SEARCHES, patienceMs: SEARCH_PATIENCE_MS }),
    ),
  };
  pictures = createHostPictures({
    db: tenantsDb(database.db),
    blobs,
    outside:
      overrides.outside ??
      createOutside(config.privateKeys ? { isPort: () => true, isAllowed: () => true } : {}),
    insecure: config.privateKeys,
    show: async (person, avatar) =>
      void (await updateProfile(services, { ...person, sessionId: '', socket: null }, { avatar })),
    log,
  });
  dueWork = createDueWork({ database, work: dueKinds(services), logger: log });
  const antiEntropy = createAntiEntropy({
    database,
    hub,
    memberships,
    logger: log,
    meter,
    ...(overrides.antiEntropyMs !== undefined && { everyMs: overrides.antiEntropyMs }),
  });
  const sweeper = createSweeper({ database, conversationLog, logger: log });
  const limiter = createRateLimiter({ factor: config.rateFactor });
  const app = await createHttpApp({
    services,
    accounts,
    operator,
    admin: {
      answers: createAdmin({ services, embed, book: tenants }),
      findKey: (key) => findKey(tenantsDb(database.db), key, Date.now()),
    },
    limiter,
    config,
    log,
    metrics,
    webRoot: overrides.webRoot ?? WEB_ROOT,
    isDraining: () => phase !== 'open',
  });

  const gateway = createGateway({
    node,
    services,
    accounts,
    hub,
    presences,
    rateLimiter: limiter,
    logger: log,
    allowedOrigin: (request) => isOwnOrigin(request.headers, config),
    clientAddress: (request) => addressOf(request, config.trustedProxies),
    hasPeers: () => presences.peers() > 0,
  });
  app.server.on('upgrade', gateway.handleUpgrade);
  metrics.gauge(
    'kith_search_behind',
    'Conversations this node knows to be not fully indexed.',
    searchIndexer.waiting,
  );
  watchRooms(metrics, { bus, database, services, presences, gateway });
  // Revocations, changes of memberships and choices of presence may be among what was lost.
  const afterGap = collected(GAP_MS, () => {
    accounts.forgetSessions();
    memberships.invalidateAll();
    privacy.invalidateAll();
    gateway.revalidateAll();
    presences.readAgain();
  });
  bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'gap') afterGap();
    // What it asks of them is looked up anew by accounts, which heard it before.
    else if (message.type === 'identities_changed') gateway.revalidateAll(message.userId);
    else if (message.type === 'renamed') services.changesReader.namesChanged();
  });
  bus.onGap(() => bus.publish(subjects.nodes, { type: 'gap' }));

  const shutDown = async (): Promise<void> => {
    phase = 'draining';
    log.info({ connections: gateway.connections() }, 'draining');
    // People with a socket are told to go elsewhere. The door is closed after the last of them: until then it answers 503, at
    // least as long as a load balancer takes to ask.
    const notice = presences.peers() > 0 ? sleep(NOTICE_MS) : undefined;
    await Promise.all([gateway.drain(), notice]);
    const force = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
    await app.close();
    clearTimeout(force);
    await dueWork?.close();
    await pictures?.close();
    await mail.close();
    await sms.close();
    await transcodes.close();
    await services.messageLog.settled();
    await services.receiptLog.settled();
    services.previews.close();
    await services.previews.settled();
    await sweeper.close();
    await antiEntropy.close();
    await searchIndexer.close();
    hub.close();
    await presences.close();
    await accounts.close();
    tenants.close();
    await embed.close();
    await breached?.close();
    await services.blobs.close();
    await services.files.close();
    services.emojiBook.close();
    await bus.close();
    await database.close();
    phase = 'closed';
    log.info('closed');
  };
  let closing: Promise<void> | null = null;

  return {
    services,
    listen: async () => {
      const nodes = config.bus === null ? 'one node' : 'one of several nodes';
      accounts.start();
      await embed.start();
      searchIndexer.start();
      files.start();
      transcodes.start();
      await app.listen({
        port: config.port,
        host: config.host,
        listenTextResolver: (address) => `accepting on ${address}, database: ${database.kind}, ${nodes}`,
      });
      const { port } = app.server.address() as AddressInfo;
      here = `http://${urlHost(config.host)}:${port}`;
      mail.start();
      sms.start();
      return { url: here, port };
    },
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

interface Rooms {
  readonly bus: Bus;
  readonly database: Database;
  readonly services: Services;
  readonly presences: PresenceService;
  readonly gateway: Gateway;
}

/** What is read off the rooms when somebody asks, in contrast to what they tell as they work (`Meter`). */
function watchRooms(metrics: Metrics, { bus, database, services, presences, gateway }: Rooms): void {
  metrics.gauge('kith_connections', 'Open sockets.', gateway.connections);
  metrics.gauge('kith_peers', 'Other nodes that are alive.', presences.peers);
  metrics.gauge('kith_bus_lag_seconds', 'How long the bus takes to answer; NaN while it is away.', bus.lag);
  metrics.gauge('kith_mails_waiting', 'Mails that wait to be sent, on all nodes.', () =>
    countMails(database.db, 'mail'),
  );
  metrics.gauge('kith_sms_waiting', 'Text messages that wait to be sent, on all nodes.', () =>
    countMails(database.db, 'sms'),
  );
  metrics.gauges('kith_queue', 'queue', 'What waits in a queue of this node.', () => ({
    messages: services.messageLog.waiting(),
    receipts: services.receiptLog.waiting(),
  }));
  metrics.gauges(
    'kith_database_connections',
    'state',
    'Connections of the pool; waiting: queries without one.',
    () => {
      const { open, idle, waiting } = database.pool();
      return { busy: open - idle, idle, waiting };
    },
  );
}

async function openBus({ bus }: Config, database: Database, logger: Logger, meter: Meter): Promise<Bus> {
  if (bus === null) return localBus();
  try {
    const prefix = `kith.${await loadSecret(database.db, 'bus')}`;
    return await natsBus({ servers: bus, prefix, logger, meter });
  } catch (error) {
    await database.close();
    throw new BusUnreachableError(error);
  }
}

/** The other nodes cannot be reached, at a start. */
export class BusUnreachableError extends Error {
  override name = 'BusUnreachableError';
  constructor(cause: unknown) {
    super(`NATS at KITH_BUS cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

const databaseOptions = ({ databaseUrl, databasePool, dataDirectory, shards }: Config) =>
  databaseUrl === null
    ? { directory: dataDirectory }
    : { url: databaseUrl, poolSize: databasePool, appends: shards };

/** How to write a listening address into a URL: "any" is reached as this machine. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '127.0.0.1' || host === '::1') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
