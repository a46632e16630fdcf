/** What the field asks of a messenger server, whatever it speaks. */
import type { Ear } from '../peer.ts';

/** A connected client, as the load sees it. */
export interface Talker {
  readonly index: number;
  /** Sends a message to where this client talks. `id` counts up; `text` needs no escaping. */
  say(id: number, messageId: string, text: string): void;
  markDelivered(): void;
  /** Says that it is still there: servers end what is silent for long. */
  ping(): void;
  /** Drops the connection without a word. */
  terminate(): void;
}

/** A server at work, with its database. */
export interface Running {
  /** Its processes: several nodes, and what joins them. */
  readonly serverPids: readonly number[];
  /** Null when it keeps its data itself. */
  readonly databasePid: number | null;
  /** Signs in the clients of these places, from 0 on and each once, a bounded number at a time. */
  connect(from: number, to: number, ear: Ear): Promise<readonly Talker[]>;
  /** Of the first `count` clients, 0 and 1, 2 and 3 and so on talk with each other from now on. */
  pairUp(count: number): Promise<void>;
  /** The first `size` clients talk in one new group from now on. */
  gather(size: number): Promise<void>;
  /** Ends and removes everything. May be called again. */
  stop(): Promise<void>;
}

/** Where the ladder of rates begins: near what the system reaches, so that the climb is short. Messages a second. */
export interface Guess {
  readonly direct: number;
  readonly group300: number;
  readonly group1000: number;
}

export interface System {
  readonly id: string;
  readonly name: string;
  /** Where it keeps what was said, in a few words. */
  readonly archive: string;
  /** Only when it is named: a slower form of another one, kept so that anyone can see that it is. */
  readonly onRequest: boolean;
  readonly guess: Guess;
  /** Debian's packages it needs; those that are missing. */
  missingPackages(): readonly string[];
  /** What runs, with its version. */
  version(): string;
  start(people: number): Promise<Running>;
}

const PARALLEL_CONNECTS = 32;

/** Connects clients, some at a time, in the order of their places. */
export async function connectSome<T>(
  from: number,
  to: number,
  connectOne: (index: number) => Promise<T>,
): Promise<T[]> {
  const clients: T[] = [];
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) {
      const index = next;
      next += 1;
      clients[index - from] = await connectOne(index);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CONNECTS }, worker));
  return clients;
}

/** An address takes a bounded number of ports and, here and there, of connections; loopback has many addresses. */
export const localAddressOf = (index: number): string => `127.0.0.${2 + (index % 100)}`;
