/** The door for sockets: who may come in, how many, and how they leave. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  limits as defaultLimits,
  type ErrorCode,
  errors,
  KithError,
  type Limits,
  subprotocol,
} from '@kith/protocol';
import { WebSocketServer } from 'ws';
import type { Accounts, Identity } from '../accounts/accounts.ts';
import { dispatch as dispatchCommand } from '../commands/dispatch.ts';
import type { Hub } from '../fanout/hub.ts';
import type { PresenceService } from '../fanout/presence.ts';
import { bareAnswer } from '../http/errors.ts';
import { addressKey, type RateLimiter } from '../limits/rateLimiter.ts';
import { createTurnstile, type Turnstile } from '../limits/turnstile.ts';
import type { Logger } from '../logger.ts';
import type { Services } from '../services.ts';
import type { PeopleCounter } from './admission.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import type { Wire } from './outbound.ts';

export const socketPath = '/v1/socket';

export interface Gateway {
  /** Takes over a request to upgrade; answers every one, whatever its path. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Sends everybody away, spread over a time that grows with their number, once what they asked is answered. Resolves when
   * all are gone, after some 20 s at most.
   */
  drain(): Promise<void>;
  /** Looks at every session again, soon; or at those of one person. */
  revalidateAll(userId?: string): void;
  /** Sockets that are open. */
  connections(): number;
}

export interface GatewayOptions {
  /** Names this node in the ids of its connections. */
  readonly node: string;
  readonly services: Services;
  readonly accounts: Pick<Accounts, 'authenticate'>;
  readonly hub: Hub;
  readonly presences: Pick<PresenceService, 'connect'>;
  readonly rateLimiter: RateLimiter;
  readonly logger: Logger;
  /** Whether the page behind a browser's request is one of ours. Asked only when the request names an origin. */
  readonly allowedOrigin: (request: IncomingMessage) => boolean;
  readonly clientAddress: (request: IncomingMessage) => string;
  /** For tests. */
  readonly limits?: Partial<Limits>;
  readonly dispatch?: typeof dispatchCommand;
  readonly sweepMs?: number;
  readonly revalidateMs?: number;
  readonly drainSpreadMs?: number;
  readonly arrivals?: Turnstile;
  /** Whether another node can take those who are sent away, at once. */
  readonly hasPeers?: () => boolean;
}

const SWEEP_MS = 1_000;
const REVALIDATE_MS = 60_000;
/** Arrivals at a time, and how long one may be made to wait: less than `welcomeMs`. */
const PARALLEL_ARRIVALS = 400;
const ARRIVAL_PATIENCE_MS = 20_000;
/** Sessions looked at again at the same time; the database has better to do. */
const PARALLEL_REVALIDATIONS = 4;
/** Those sent away a second: as many as another node lets in without others noticing. */
const DRAIN_PER_SECOND = 500;
const DRAIN_SPREAD_MIN_MS = 1_000;
const DRAIN_SPREAD_MAX_MS = 15_000;
const DRAIN_PATIENCE_MS = 5_000;
/** Where this is the only node they come back to it, all of them, within this time. */
const RETURN_SPREAD_MS = 5_000;
/** To another node they go as they are sent: the spread is in the sending. */
const MOVE_SPREAD_MS = 250;

export function createGateway(options: GatewayOptions): Gateway {
  const { hub, presences, rateLimiter, logger, accounts, services } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const now = (): number => performance.now();
  const connections = new Set<Connection>();
  const byAddress = counter();
  let draining = false;
  let onEmpty: () => void = () => undefined;

  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.frameBytes,
    // No client of ours splits a frame; each fragment costs memory of its own.
    maxFragments: 64,
    perMessageDeflate: false,
    // Ours answers with an eye on how much waits: a reader that never reads could make ws queue without bound.
    autoPong: false,
    handleProtocols: () => subprotocol,
  });

  let numbered = 0;

  const context: ConnectionContext = {
    nameOf: (number) => `${options.node}.${number}`,
    services,
    accounts,
    hub,
    presences,
    rateLimiter,
    logger,
    limits,
    dispatch: options.dispatch ?? dispatchCommand,
    now,
    revalidateMs: options.revalidateMs ?? REVALIDATE_MS,
    arrivals:
      options.arrivals ?? createTurnstile({ parallel: PARALLEL_ARRIVALS, patienceMs: ARRIVAL_PATIENCE_MS }),
    people: countPeople(limits.socketsPerUser),
    settling: countPeople(1),
    onClosed: (connection) => {
      connections.delete(connection);
      byAddress.leave(addressKey(connection.address));
      if (connections.size === 0) onEmpty();
    },
  };

  // ---- time passes ----

  let revalidating = 0;
  const dueForRevalidation = new Set<Connection>();
  const revalidateNext = async (): Promise<void> => {
    revalidating += 1;
    for (const connection of dueForRevalidation) {
      dueForRevalidation.delete(connection);
      // Everybody goes anyway, and the database with them.
      if (draining) continue;
      // A database that is away ends no session.
      await connection
        .revalidate()
        .catch((err: unknown) => logger.warn({ err }, 'could not look at a session again'));
    }
    revalidating -= 1;
  };

  const revalidateDue = (): void => {
    for (let i = revalidating; i < PARALLEL_REVALIDATIONS && dueForRevalidation.size > 0; i += 1)
      void revalidateNext();
  };

  const sweep = setInterval(() => {
    const time = now();
    for (const connection of connections) {
      connection.tick(time);
      if (connection.isDueForRevalidation(time)) dueForRevalidation.add(connection);
    }
    revalidateDue();
  }, options.sweepMs ?? SWEEP_MS);
  sweep.unref();

  const revalidateAll = (userId?: string): void => {
    for (const connection of connections)
      if (userId === undefined || connection.isOf(userId)) dueForRevalidation.add(connection);
    revalidateDue();
  };

  // ---- coming in ----

  /** The page behind it, where it is none of ours: of a host perhaps, whose people come by token. */
  const foreignPage = (request: IncomingMessage): string | null => {
    const { origin } = request.headers;
    return origin === undefined || options.allowedOrigin(request) ? null : origin;
  };

  const check = (request: IncomingMessage): ErrorCode | null => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== socketPath) return 'not_found';
    if (draining) return 'draining';
    // Browsers send cookies with sockets from any page: without this check, a hostile one could speak as its visitor.
    const foreign = foreignPage(request);
    if (foreign !== null && !services.tenants.knowsOrigin(foreign)) return 'forbidden';
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    return offered.includes(subprotocol) ? null : 'unsupported_version';
  };

  const handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', destroy);
    const code = check(request);
    if (code) {
      refuse(socket, code);
      return;
    }
    const address = options.clientAddress(request);
    const place = addressKey(address);
    if (!byAddress.enter(place, limits.socketsPerAddress)) {
      refuse(socket, 'too_many_connections');
      return;
    }
    // ws answers malformed handshakes by itself and then never calls back; the place is given back when that socket ends.
    const giveBack = (): void => byAddress.leave(place);
    socket.once('close', giveBack);
    wss.handleUpgrade(request, socket, head, (ws) => {
      socket.removeListener('close', giveBack);
      numbered += 1;
      const foreign = foreignPage(request);
      const { cookie, origin } = request.headers;
      // What a foreign page makes a browser send along speaks for nobody.
      const said = foreign === null ? { cookie, origin, foreign } : { foreign };
      connections.add(new Connection(context, numbered, ws, socket as Duplex & Wire, address, said));
    });
  };

  // ---- leaving ----

  const drain = async (): Promise<void> => {
    draining = true;
    const needed = (connections.size / DRAIN_PER_SECOND) * 1_000;
    const spread =
      options.drainSpreadMs ?? Math.min(DRAIN_SPREAD_MAX_MS, Math.max(DRAIN_SPREAD_MIN_MS, needed));
    const comeBack = options.hasPeers?.() ? MOVE_SPREAD_MS : RETURN_SPREAD_MS;
    const gone = new Promise<void>((resolve) => {
      onEmpty = resolve;
      if (connections.size === 0) resolve();
    });
    const timers = [...connections].map((connection) =>
      setTimeout(() => {
        const retryAfterMs = Math.round(Math.random() * comeBack);
        connection.leave('draining', { retryAfterMs });
      }, Math.random() * spread),
    );
    const patience = setTimeout(() => {
      for (const connection of connections) connection.terminate();
    }, spread + DRAIN_PATIENCE_MS);
    await gone;
    clearTimeout(patience);
    for (const timer of timers) clearTimeout(timer);
    clearInterval(sweep);
  };

  return { handleUpgrade, drain, revalidateAll, connections: () => connections.size };
}

/** A function of its own: one made in place would keep the whole request alive as long as the socket. */
function destroy(this: Duplex): void {
  this.destroy();
}

function refuse(socket: Duplex, code: ErrorCode): void {
  socket.once('finish', () => socket.destroy());
  socket.end(bareAnswer(`${errors[code].status} ${code}`, new KithError(code).toWire()));
}

/** How many there are of each, up to a bound. */
function counter() {
  const counts = new Map<string, number>();
  return {
    enter: (key: string, max: number): boolean => {
      const count = counts.get(key) ?? 0;
      if (count >= max) return false;
      counts.set(key, count + 1);
      return true;
    },
    leave: (key: string): void => {
      const count = (counts.get(key) ?? 0) - 1;
      if (count > 0) counts.set(key, count);
      else counts.delete(key);
    },
  };
}

function countPeople(max: number): PeopleCounter {
  const counts = counter();
  const keyOf = ({ tenantId, user }: Identity): string => `${tenantId} ${user.id}`;
  return {
    enter: (identity) => counts.enter(keyOf(identity), max),
    leave: (identity) => counts.leave(keyOf(identity)),
  };
}
