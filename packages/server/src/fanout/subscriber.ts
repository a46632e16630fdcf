/** What the hub knows of a socket, and of the person behind several of them. */
import type { Packet } from '../gateway/packet.ts';
import { packetOf } from '../gateway/packet.ts';
import type { Channel } from './channel.ts';

/** One live socket, as the hub sees it. */
export interface Subscriber {
  readonly tenantId: number;
  readonly userId: string;
  readonly sessionId: string;
  /** Its person sees only those they share a conversation with. */
  readonly guest?: boolean;
  /** Its person is not told how far others have read. Set by the hub. */
  blind?: boolean;
  /** A frame for this socket alone. */
  send(frame: string): void;
  /** Frames it shares with others. */
  sendPacket(packet: Packet): void;
  /** Its session was ended. */
  revoked(): void;
}

/** How one person stands to one conversation on this node. */
export interface Subscription {
  readonly channel: Channel;
  /** Revision of the membership it comes from; an older one changes nothing. */
  rev: number;
  /** Which stay it is: somebody may have left and come back without our hearing of it. */
  readonly joinedAt: string;
  visibleAfter: number;
  phase: Phase;
}

export type Phase =
  /** The head is being read; what is handed out meanwhile follows it. */
  { readonly type: 'joining'; held: HeldFrame[]; overflown: boolean } | { readonly type: 'live' };

export interface HeldFrame {
  readonly to: number;
  /** As this person may see it. */
  readonly frame: string;
}

/** A person with at least one socket on this node. */
export interface Person {
  readonly tenantId: number;
  readonly userId: string;
  readonly sockets: Set<Subscriber>;
  /** By conversation. */
  readonly subscriptions: Map<string, Subscription>;
}

/** To all devices of a person. */
export function sendTo(person: Person, frame: string): void {
  if (person.sockets.size === 1) {
    for (const socket of person.sockets) socket.send(frame);
  } else if (person.sockets.size > 1) {
    const packet = packetOf([frame]);
    for (const socket of person.sockets) socket.sendPacket(packet);
  }
}
