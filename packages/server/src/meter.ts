/**
 * What the rooms count and time as they work. `http/metrics.ts` makes numbers for Prometheus of it; a room that is tested
 * alone has one that forgets.
 */
export interface Meter {
  /** A command was answered. `result`: `ok`, or the code of its error. */
  command(name: string, result: string, seconds: number): void;
  /** A commit of the hot path: how many messages it took, and how long. */
  committed(messages: number, seconds: number): void;
  /** From the moment a message was accepted until it was written to the sockets of this node. */
  delivered(seconds: number): void;
  /** Something was found by anti-entropy that the bus had not brought (S11). */
  repaired(): void;
  /** A message for other nodes was dropped: the bus is away, or cannot take as much. */
  busDropped(): void;
  /** A socket was closed by us, and why. */
  disconnected(code: string): void;
  /** What became of somebody at the door who may be a machine. */
  door(what: DoorEvent): void;
}

/** Of challenges; and `trapped`: a field was filled in that nobody sees. */
export type DoorEvent = 'challenge_asked' | 'challenge_solved' | 'challenge_refused' | 'trapped';

const forget = (): void => undefined;

export const silentMeter: Meter = {
  command: forget,
  committed: forget,
  delivered: forget,
  repaired: forget,
  busDropped: forget,
  disconnected: forget,
  door: forget,
};
