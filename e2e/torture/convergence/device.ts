/** A device of somebody: a real client with a cache, on a bad network, that may be closed, or die without a word. */
import {
  type Clock,
  createClient,
  type KithClient,
  memoryStorage,
  type Storage,
  type Timeline,
} from '@kith/client';
import type { Person } from '../../support/inProcess.ts';
import { createNetwork, type Network } from '../../support/network.ts';
import type { Random } from '../../support/random.ts';
import type { Ledger } from '../ledger.ts';

/** The client's pauses, shortened: what it waits for on this one machine comes at once. */
const HASTE = 4;
/** From here on it is patience with a server that does not answer, of which a busy machine needs all there is. */
const PATIENCE_MS = 4_000;
const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms < PATIENCE_MS ? ms / HASTE : ms);
    return () => clearTimeout(timer);
  },
};

const FRAME_DELAY_MS = 12;

export interface DeviceOptions {
  /** Of the nodes; which one it comes to is chance, as behind a load balancer. */
  readonly urls: readonly string[];
  readonly person: Person;
  readonly name: string;
  readonly random: Random;
  readonly ledger: Ledger;
  /** What goes wrong in the client by its own account. */
  readonly onWarning: (message: string) => void;
}

interface Life {
  readonly client: KithClient;
  readonly network: Network;
  readonly storage: ReturnType<typeof detachable>;
  readonly timelines: Map<string, Timeline>;
  readonly unsubscribe: () => void;
}

export class Device {
  readonly name: string;
  readonly person: Person;
  readonly #options: DeviceOptions;
  readonly #disk = memoryStorage();
  #life: Life | undefined;
  #lives = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.name = options.name;
    this.person = options.person;
  }

  get client(): KithClient {
    return this.#alive().client;
  }

  get network(): Network {
    return this.#alive().network;
  }

  async start(): Promise<void> {
    const { urls, person, random, ledger, onWarning } = this.#options;
    this.#lives += 1;
    const network = createNetwork({
      // Acknowledgements are of one life: whoever comes back sends its outbox anew.
      tap: ledger.tap(`${this.name}/${this.#lives}`),
      delay: { random: random.fork(), maxMs: FRAME_DELAY_MS },
    });
    const storage = detachable(this.#disk);
    const dice = random.fork();
    const client = createClient({
      url: random.pick(urls),
      token: person.token,
      userId: person.userId,
      storage,
      clock,
      random: dice.next,
      WebSocket: network.WebSocket,
      onWarning: (message) => {
        if (storage.attached) onWarning(`${this.name}: ${message}`);
      },
    });
    const timelines = new Map<string, Timeline>();
    let watched = '';
    const look = (): void => {
      const ids = client.conversations.list.get().map(({ id }) => id);
      // Some conversations are open on the screen, others only in the list.
      for (const id of ids)
        if (!timelines.has(id) && dice.chance(0.3)) timelines.set(id, client.timeline(id));
      const now = ids.sort().join();
      if (now !== watched) client.watch({ conversationIds: ids, userIds: [] });
      watched = now;
    };
    const unsubscribe = client.conversations.list.subscribe(look);
    this.#life = { client, network, storage, timelines, unsubscribe };
    await client.start();
    look();
  }

  /** The timeline of a conversation, opened if need be. */
  timeline(conversationId: string): Timeline {
    const { client, timelines } = this.#alive();
    const timeline = timelines.get(conversationId) ?? client.timeline(conversationId);
    timelines.set(conversationId, timeline);
    return timeline;
  }

  /** Closes the app in order. */
  async stop(): Promise<void> {
    const life = this.#end();
    if (!life) return;
    await life.client.stop();
    life.network.cut();
  }

  /** The process dies: the server hears nothing of it, and what is not written is lost. */
  crash(): void {
    const life = this.#end();
    if (!life) return;
    life.storage.detach();
    life.network.offline();
    void life.client.stop();
  }

  #end(): Life | undefined {
    const life = this.#life;
    this.#life = undefined;
    life?.unsubscribe();
    for (const timeline of life?.timelines.values() ?? []) timeline.dispose();
    return life;
  }

  #alive(): Life {
    if (!this.#life) throw new Error(`${this.name} is off`);
    return this.#life;
  }
}

/** A store that its owner can be torn from: what is written afterwards never arrives. */
function detachable(disk: Storage): Storage & { detach(): void; readonly attached: boolean } {
  let attached = true;
  const never = new Promise<never>(() => undefined);
  const unless = <A extends unknown[], T>(run: (...args: A) => Promise<T>): ((...args: A) => Promise<T>) => {
    return (...args) => (attached ? run(...args) : never);
  };
  return {
    name: undefined,
    load: unless(disk.load),
    loadWindow: unless(disk.loadWindow),
    write: unless(disk.write),
    loadOutbox: unless(disk.loadOutbox),
    putOutbox: unless(disk.putOutbox),
    removeOutbox: unless(disk.removeOutbox),
    loadWishes: unless(disk.loadWishes),
    putWish: unless(disk.putWish),
    removeWish: unless(disk.removeWish),
    putFile: unless(disk.putFile),
    getFile: unless(disk.getFile),
    removeFiles: unless(disk.removeFiles),
    listFiles: unless(disk.listFiles),
    wipe: unless(disk.wipe),
    close: unless(disk.close),
    get attached() {
      return attached;
    },
    detach: () => {
      attached = false;
    },
  };
}
