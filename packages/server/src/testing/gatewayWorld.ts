/** A gateway on a port of its own, before a world of commands: what a real client meets, without accounts. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Accounts, Identity } from '../accounts/accounts.ts';
import { createHub, type Hub, type HubOptions } from '../fanout/hub.ts';
import { createPresences, type PresenceService } from '../fanout/presence.ts';
import { createTyping } from '../fanout/typing.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../gateway/gateway.ts';
import { createRateLimiter } from '../limits/rateLimiter.ts';
import { silentLogger } from '../logger.ts';
import type { Caller, Services } from '../services.ts';
import { openSocket, type SocketClient } from './socketClient.ts';
import type { World } from './world.ts';

export interface GatewayWorld {
  readonly gateway: Gateway;
  readonly hub: Hub;
  readonly presences: PresenceService;
  readonly services: Services;
  /** `ws://…/v1/socket`. */
  readonly url: string;
  /** A token for this person; sessions end when it is taken from the map. */
  readonly sessions: Map<string, Identity>;
  token(caller: Caller): string;
  /** A socket that has said hello. */
  connect(caller: Caller): Promise<SocketClient>;
  close(): Promise<void>;
}

export interface GatewayWorldOptions {
  readonly gateway?: Partial<GatewayOptions>;
  readonly hub?: Partial<HubOptions>;
  readonly graceMs?: number;
  readonly rateFactor?: number;
}

export async function openGateway(world: World, options: GatewayWorldOptions = {}): Promise<GatewayWorld> {
  const { bus, database } = world;
  const sessions = new Map<string, Identity>();
  const accounts: Pick<Accounts, 'authenticate'> = {
    authenticate: async ({ token, cookie }) =>
      sessions.get(token ?? cookie?.replace(/^session=/, '') ?? '') ?? null,
  };
  const { announcer } = world.services;
  const hub = createHub({ bus, database, logger: silentLogger, reads: world.services.reads, ...options.hub });
  const presences = createPresences({
    node: 'node',
    bus,
    database,
    logger: silentLogger,
    onShown: hub.showPresence,
    graceMs: options.graceMs ?? 50,
  });
  const services: Services = { ...world.services, presences, typing: createTyping({ announcer }) };
  const gateway = createGateway({
    node: 'node',
    services,
    accounts,
    hub,
    presences,
    rateLimiter: createRateLimiter({ factor: options.rateFactor ?? 0 }),
    logger: silentLogger,
    allowedOrigin: (request: IncomingMessage) => request.headers.origin === 'https://kith.test',
    clientAddress: () => '192.0.2.1',
    sweepMs: 20,
    drainSpreadMs: 50,
    ...options.gateway,
  });
  const server = createServer((_request, response) => response.end());
  server.on('upgrade', gateway.handleUpgrade);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/socket`;

  const token = (caller: Caller): string => {
    const { tenantId, userId, sessionId } = caller;
    sessions.set(sessionId, {
      tenantId,
      tenant: { slug: 'main', name: 'Kith' },
      user: { id: userId, username: sessionId, displayName: sessionId, role: 'member' },
      sessionId,
      expiresAt: new Date(Date.now() + 3_600_000),
      restriction: null,
    });
    return sessionId;
  };

  return {
    gateway,
    hub,
    presences,
    services,
    url,
    sessions,
    token,
    connect: async (caller) => {
      const client = await openSocket(url);
      await client.hello(token(caller));
      return client;
    },
    close: async () => {
      await gateway.drain();
      hub.close();
      await presences.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
