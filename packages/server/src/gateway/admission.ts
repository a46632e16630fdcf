/** How a socket comes in: it says who it is, hears what happens from then on, and is welcomed. */
import { type ErrorCode, KithError, type Limits, type ServerFrame } from '@kith/protocol';
import type { Accounts, Credentials, Identity } from '../accounts/accounts.ts';
import type { dispatch } from '../commands/dispatch.ts';
import type { Hub } from '../fanout/hub.ts';
import type { PresenceService } from '../fanout/presence.ts';
import type { Subscriber } from '../fanout/subscriber.ts';
import { demand, type RateLimiter } from '../limits/rateLimiter.ts';
import { demandUnrestricted } from '../policy/restriction.ts';
import type { Caller, CallerSocket, Services } from '../services.ts';
import type { Live } from './connectionState.ts';
import type { Outbound } from './outbound.ts';
import type { Packet } from './packet.ts';

export interface PeopleCounter {
  enter(identity: Identity): boolean;
  leave(identity: Identity): void;
}

export interface AdmissionContext {
  readonly services: Services;
  readonly accounts: Pick<Accounts, 'authenticate'>;
  readonly hub: Hub;
  readonly presences: Pick<PresenceService, 'connect'>;
  readonly rateLimiter: RateLimiter;
  readonly limits: Limits;
  readonly dispatch: typeof dispatch;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly revalidateMs: number;
  /** Counts a person's sockets: false when there are too many. `leave` undoes an `enter` that was true. */
  readonly people: PeopleCounter;
}

/** The connection that wants to come in. */
export interface Entrant extends CallerSocket {
  readonly address: string;
  /** The page it belongs to, one of ours; programs have none. */
  readonly page: string | undefined;
  /** The page, where it is none of ours. */
  readonly foreignPage: string | null;
  /** Not gone meanwhile. */
  isAdmitting(): boolean;
  /** It is in: what it is told first. */
  begin(live: Live, welcome: ServerFrame): void;
  close(code: ErrorCode): void;
}

/** A connection as the hub knows it. A class, for there are as many as sockets: functions made for each weigh more. */
class Reader implements Subscriber {
  readonly tenantId: number;
  readonly userId: string;
  readonly sessionId: string;
  readonly guest: boolean;
  readonly #entrant: Entrant;
  readonly #outbound: Outbound;

  constructor({ tenantId, userId, sessionId, guest }: Caller, entrant: Entrant, outbound: Outbound) {
    this.tenantId = tenantId;
    this.userId = userId;
    this.sessionId = sessionId;
    this.guest = guest === true;
    this.#entrant = entrant;
    this.#outbound = outbound;
  }

  send(frame: string): void {
    this.#outbound.push(frame);
  }

  sendPacket(packet: Packet): void {
    this.#outbound.pushPacket(packet);
  }

  revoked(): void {
    this.#entrant.close('session_revoked');
  }
}

/** Lets it in, unless it went away meanwhile. @throws KithError unauthenticated, rate_limited, second_factor_required, too_many_connections. */
export async function admit(
  context: AdmissionContext,
  entrant: Entrant,
  outbound: Outbound,
  credentials: Credentials,
): Promise<void> {
  const { accounts, people, rateLimiter } = context;
  // Gone while it waited for its turn.
  if (!entrant.isAdmitting()) return;
  demand(rateLimiter, { address: entrant.address }, 'read');
  const identity = await accounts.authenticate(credentials);
  if (!entrant.isAdmitting()) return;
  if (!identity) {
    demand(rateLimiter, { address: entrant.address }, 'auth');
    throw new KithError('unauthenticated');
  }
  const { foreignPage } = entrant;
  // A host's page speaks for the host's own people.
  if (foreignPage !== null && !context.services.tenants.letsOrigin(identity.tenantId, foreignPage))
    throw new KithError('unauthenticated', {
      message: 'Pages of this origin may not speak for this person.',
    });
  demandUnrestricted(identity, null);
  if (!people.enter(identity)) throw new KithError('too_many_connections');
  let entered = false;
  try {
    entered = await welcome(context, entrant, outbound, identity);
  } finally {
    if (!entered) people.leave(identity);
  }
}

/** Registers before it welcomes, so that nothing is missed between. False when the socket went away meanwhile. */
async function welcome(
  { services, hub, presences, limits, revalidateMs, now, dispatch }: AdmissionContext,
  entrant: Entrant,
  outbound: Outbound,
  identity: Identity,
): Promise<boolean> {
  const caller: Caller = {
    tenantId: identity.tenantId,
    userId: identity.user.id,
    sessionId: identity.sessionId,
    ...(identity.user.role === 'guest' && { guest: true }),
    page: entrant.page,
    socket: entrant,
  };
  const registration = await hub.register(new Reader(caller, entrant, outbound));
  const [me, { rev: emojiRev }] = await Promise.all([
    dispatch(services, caller, 'getMe', {}),
    services.emojiBook.of(caller.tenantId),
  ]).catch((error: unknown) => {
    registration.close();
    throw error;
  });
  if (!entrant.isAdmitting()) {
    registration.close();
    return false;
  }
  const presence = presences.connect(caller.tenantId, caller.userId, me.settings.presence);
  // Spread, so that the sockets of a reconnecting crowd are not looked at in one second.
  const revalidateAt = now() + revalidateMs * (0.5 + Math.random());
  entrant.begin(
    { identity, caller, registration, presence, inFlight: new Set(), revalidateAt },
    {
      t: 'welcome',
      user: me.user,
      settings: me.settings,
      rev: me.rev,
      sessionId: identity.sessionId,
      ...(identity.byHost && { expiresAt: identity.expiresAt.toISOString() }),
      tenant: { ...identity.tenant, emojiRev },
      ...(services.gifs.provider !== null && { gifs: services.gifs.provider }),
      limits: { ...limits },
      serverTime: new Date().toISOString(),
    },
  );
  return true;
}
