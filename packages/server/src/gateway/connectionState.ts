/**
 * The life of a connection (H2): what it may become, and nothing beside it.
 *
 *   greeting ──hello──▶ admitting ──registered──▶ live ──drain──▶ leaving
 *       └──────────────────┴───────────────────────┴─────────────┴──▶ closing ──▶ closed
 */
import type { KithError } from '@kith/protocol';
import type { Identity } from '../accounts/accounts.ts';
import type { Registration } from '../fanout/hub.ts';
import type { PresenceDevice } from '../fanout/presence.ts';
import type { Caller } from '../services.ts';

/** What a signed-in connection holds, and gives back when it ends. */
export interface Live {
  identity: Identity;
  readonly caller: Caller;
  readonly registration: Registration;
  readonly presence: PresenceDevice;
  /** Ids of requests that have no answer yet. */
  readonly inFlight: Set<number>;
  /** When the session is looked at again, ms. */
  revalidateAt: number;
}

/** Deadlines in ms of the gateway's clock. */
export type ConnectionState =
  | { readonly name: 'greeting'; readonly deadline: number }
  | { readonly name: 'admitting'; readonly deadline: number }
  | { readonly name: 'live'; readonly live: Live }
  /** Answers what it has taken, takes nothing more, then closes. */
  | { readonly name: 'leaving'; readonly live: Live; readonly error: KithError; readonly deadline: number }
  /** The close frame is on its way. */
  | { readonly name: 'closing'; readonly deadline: number }
  | { readonly name: 'closed' };

export type StateName = ConnectionState['name'];

const next: { readonly [S in StateName]: readonly StateName[] } = {
  greeting: ['admitting', 'closing', 'closed'],
  admitting: ['live', 'closing', 'closed'],
  live: ['leaving', 'closing', 'closed'],
  leaving: ['closing', 'closed'],
  closing: ['closed'],
  closed: [],
};

export const mayBecome = (from: StateName, to: StateName): boolean => next[from].includes(to);

/** What a state holds of a signed-in person. */
export const liveOf = (state: ConnectionState): Live | null => ('live' in state ? state.live : null);
