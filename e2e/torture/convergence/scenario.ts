/** One seed: some people, some conversations, some devices, everything at once, and then silence. */
import { type KithClient, KithError, type SendOptions } from '@kith/client';
import { mentionOf } from '@kith/protocol';
import type { InProcess, Person } from '../../support/inProcess.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { sleep, until } from '../../support/wait.ts';
import type { ChaosBus } from '../chaosBus.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { expectAgreement, expectPromisesKept, expectSameForAll } from './agreement.ts';
import { Device } from './device.ts';

export interface Ground {
  /** The nodes of one service. */
  readonly nodes: readonly InProcess[];
  readonly bus: ChaosBus;
}

export interface ScenarioOptions {
  readonly operations?: number;
  /** S11 allows 15 s; the rest is for a slow machine. */
  readonly settleMs?: number;
}

const EMOJI = ['👍', '🎉', '😀'] as const;

/** What a command may rightly answer to somebody who acts on what was true a moment ago. */
const EXPECTED = new Set(['forbidden', 'not_found', 'conflict', 'limit_reached', 'unavailable', 'timeout']);

/** Rejects with what is wrong, and how it came about. */
export async function runSeed(ground: Ground, seed: number, options: ScenarioOptions = {}): Promise<void> {
  const scenario = new Scenario(ground, seed);
  try {
    await scenario.begin();
    await scenario.play(options.operations ?? 45);
    await scenario.calm();
    await scenario.expectConvergence(options.settleMs ?? 25_000);
  } catch (error) {
    throw new Error(scenario.story(error instanceof Error ? error.message : String(error)), { cause: error });
  } finally {
    await scenario.end();
  }
}

interface Said {
  readonly conversationId: string;
  readonly messageId: string;
  readonly by: Person;
}

class Scenario {
  readonly #ground: Ground;
  readonly #seed: number;
  readonly #random: Random;
  readonly #ledger: Ledger = createLedger();
  readonly #people: Person[] = [];
  readonly #devices: Device[] = [];
  readonly #conversations: string[] = [];
  readonly #said: Said[] = [];
  readonly #log: string[] = [];
  readonly #wrong: string[] = [];
  readonly #running = new Set<Promise<unknown>>();
  readonly #returning = new Set<Promise<unknown>>();
  /** What an id is called in the story. */
  readonly #names = new Map<string, string>();
  /** Receipts and read marks may be lost as well; those only a new connection brings (S9). */
  readonly #losesMarks: boolean;

  constructor(ground: Ground, seed: number) {
    this.#ground = ground;
    this.#seed = seed;
    this.#random = createRandom(seed);
    this.#losesMarks = seed % 4 === 3;
  }

  story(error: string): string {
    let text = [`seed ${this.#seed}: ${error}`, ...this.#log].join('\n');
    for (const [id, name] of this.#names) text = text.replaceAll(id, name);
    return text;
  }

  async begin(): Promise<void> {
    const { nodes, bus } = this.#ground;
    const [place] = nodes;
    if (!place) throw new Error('A service has a node.');
    for (const name of ['Ann', 'Ben', 'Cem', 'Dot']) this.#people.push(await place.person(name));
    const [ann, ben, cem, dot] = this.#people as [Person, Person, Person, Person];
    const owners: readonly (readonly [string, Person])[] = [
      ['ann', ann],
      ['ann2', await place.session(ann)],
      ['ben', ben],
      ['cem', cem],
      ['dot', dot],
    ];
    for (const [name, person] of owners) {
      if (!this.#names.has(person.userId)) this.#names.set(person.userId, `‹${name}›`);
      this.#devices.push(
        new Device({
          urls: nodes.map(({ url }) => url),
          person,
          name,
          random: this.#random.fork(),
          ledger: this.#ledger,
          onWarning: (message) => this.#wrong.push(message),
        }),
      );
    }
    for (const device of this.#devices) await device.start();
    const [first] = this.#devices as [Device];
    await this.#connected();
    const history = this.#random.pick(['all', 'joined'] as const);
    this.#know(await first.client.conversations.openDirect(ben.userId), 'direct');
    this.#know(
      await first.client.conversations.create({
        kind: 'group',
        name: 'Group',
        userIds: [ben.userId, cem.userId],
        history,
      }),
      'group',
    );
    this.#know(await first.client.conversations.create({ kind: 'channel', name: 'Channel' }), 'channel');

    const faults = this.#random.fork();
    const trouble = {
      random: faults,
      of: (message: { readonly type: string }) =>
        this.#losesMarks || (message.type !== 'receipts' && message.type !== 'toUser'),
      lost: faults.pick([0, 0.05, 0.3, 1]),
      doubled: faults.pick([0, 0.2]),
      late: faults.pick([0, 0.3]),
      lateMs: 60,
    };
    this.#note(`history ${history}, lost ${trouble.lost}, doubled ${trouble.doubled}, late ${trouble.late}`);
    for (const { userId } of this.#people) bus.setFaults(userId, trouble);
    for (const id of this.#conversations) bus.setFaults(id, trouble);
  }

  async play(operations: number): Promise<void> {
    for (let n = 0; n < operations; n += 1) {
      const device = this.#random.pick(this.#devices);
      const operation = this.#random.pick(deck);
      if (this.#isOff(device)) continue;
      operation(this, device);
      if (this.#random.chance(0.8)) await sleep(this.#random.int(0, 25));
    }
  }

  /** Everybody is back, nothing is in the way. */
  async calm(): Promise<void> {
    await Promise.all(this.#returning);
    const { bus } = this.#ground;
    for (const { userId } of this.#people) bus.setFaults(userId, null);
    for (const id of this.#conversations) bus.setFaults(id, null);
    this.#note('calm');
    for (const { network, client } of this.#devices) {
      network.online();
      client.retryNow();
    }
    await this.#connected();
    // Commands of before may still be at work; their end is no part of the noise.
    await Promise.all(this.#running);
    if (this.#losesMarks) {
      for (const { network, client } of this.#devices) {
        network.cut();
        client.retryNow();
      }
      await this.#connected();
    }
  }

  async expectConvergence(timeoutMs: number): Promise<void> {
    if (this.#wrong.length > 0) throw new Error(this.#wrong.join('\n'));
    for (const device of this.#devices) {
      await until('all agree', () => expectAgreement(device).then(() => true), {
        timeoutMs,
        everyMs: 200,
      });
    }
    for (const id of this.#conversations) {
      const witness = this.#devices.find(({ client }) => client.conversations.get(id).get());
      if (!witness) continue;
      await expectPromisesKept(witness.client, id, this.#ledger);
      await expectSameForAll(this.#devices, id);
    }
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#returning);
    await Promise.all(this.#devices.map((device) => device.stop()));
  }

  // ---- for operations ----

  get random(): Random {
    return this.#random;
  }

  conversation(): string {
    return this.#random.pick(this.#conversations);
  }

  someone(): Person {
    return this.#random.pick(this.#people);
  }

  /** A message of anybody, or of this person. */
  message(by?: Person): Said | undefined {
    const candidates = by ? this.#said.filter((said) => said.by.userId === by.userId) : this.#said;
    return candidates.length > 0 ? this.#random.pick(candidates.slice(-12)) : undefined;
  }

  say(device: Device, conversationId: string, text: string, options: SendOptions = {}): void {
    const messageId = device.client.messages.send(conversationId, text, options);
    this.#names.set(messageId, `#${this.#said.length}`);
    this.#said.push({ conversationId, messageId, by: device.person });
    const where = options.thread === undefined ? conversationId : `the thread of ${options.thread}`;
    this.#note(`${device.name} sends ${messageId} to ${where}: ${text}`);
  }

  /** A command that may be refused, but not broken. */
  attempt(device: Device, what: string, run: (client: KithClient) => Promise<unknown>): void {
    this.#note(`${device.name} ${what}`);
    const running: Promise<unknown> = run(device.client).then(
      () => this.#note(`  done: ${device.name} ${what}`),
      (error: unknown) => {
        this.#note(`  ${error instanceof KithError ? error.code : String(error)}: ${device.name} ${what}`);
        if (!(error instanceof KithError) || !EXPECTED.has(error.code)) {
          this.#wrong.push(`${device.name} ${what}: ${error instanceof Error ? error.stack : String(error)}`);
        }
      },
    );
    // What is asked of a client that dies never ends.
    this.#running.add(Promise.race([running, this.#deathOf(device)]));
  }

  note(text: string): void {
    this.#note(text);
  }

  know(id: string, name: string): void {
    this.#know(id, name);
  }

  /** Away for a while; the device is not used meanwhile. */
  away(device: Device, back: () => Promise<void> | void, ms: number): void {
    this.#off.add(device);
    const returning = sleep(ms)
      .then(back)
      .then(() => {
        this.#off.delete(device);
        this.#note(`${device.name} is back`);
      });
    this.#returning.add(returning);
  }

  died(device: Device): void {
    for (const resolve of this.#deaths.get(device) ?? []) resolve();
    this.#deaths.delete(device);
  }

  readonly #off = new Set<Device>();
  readonly #deaths = new Map<Device, Set<() => void>>();

  #deathOf(device: Device): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#deaths.get(device) ?? new Set();
      this.#deaths.set(device, waiting.add(resolve));
    });
  }

  #isOff(device: Device): boolean {
    return this.#off.has(device);
  }

  #know(id: string, name: string): void {
    if (this.#conversations.includes(id)) return;
    this.#conversations.push(id);
    this.#names.set(id, `‹${name}›`);
  }

  #note(text: string): void {
    this.#log.push(`${Math.round(performance.now() % 1e6)} ${text}`);
  }

  async #connected(): Promise<void> {
    for (const device of this.#devices) {
      await until(
        `${device.name} is connected`,
        () => {
          const { type } = device.client.connection.get();
          if (type === 'waiting') device.client.retryNow();
          return type === 'live' && device.client.conversations.status.get() === 'ready';
        },
        { timeoutMs: 20_000 },
      );
    }
  }
}

type Operation = (scenario: Scenario, device: Device) => void;

const send: Operation = (scenario, device) => {
  const { random } = scenario;
  const id = scenario.conversation();
  const mention = random.chance(0.3)
    ? ` ${mentionOf(random.chance(0.3) ? 'all' : scenario.someone().userId)}`
    : '';
  const reply = random.chance(0.2) ? scenario.message() : undefined;
  const text = `${random.int(0, 999)}${mention}`;
  scenario.say(device, id, text, reply?.conversationId === id ? { replyTo: reply.messageId } : {});
};

const answer: Operation = (scenario, device) => {
  const { random } = scenario;
  const said = scenario.message();
  if (!said) return;
  const mention = random.chance(0.3) ? ` ${mentionOf(scenario.someone().userId)}` : '';
  scenario.say(device, said.conversationId, `reply ${random.int(0, 999)}${mention}`, {
    thread: said.messageId,
    alsoSend: random.chance(0.3),
  });
};

const follow: Operation = (scenario, device) => {
  const said = scenario.message();
  if (!said) return;
  const on = scenario.random.chance(0.5);
  scenario.attempt(device, `${on ? 'follows' : 'unfollows'} ${said.messageId}`, (client) =>
    client.threads.follow(said.conversationId, said.messageId, on),
  );
};

const readThread: Operation = (scenario, device) => {
  const thread = device.client.threads.list.get().threads.at(-1);
  if (!thread?.last) return;
  scenario.note(`${device.name} reads the thread of ${thread.root.id} up to ${thread.last.seq}`);
  device.client.threads.markRead(thread.mark.conversationId, thread.mark.rootId, thread.last.seq);
};

const burst: Operation = (scenario, device) => {
  const id = scenario.conversation();
  for (let n = scenario.random.int(3, 8); n > 0; n -= 1) scenario.say(device, id, `burst ${n}`);
};

const edit: Operation = (scenario, device) => {
  const said = scenario.message(device.person);
  if (!said) return;
  const mention = scenario.random.chance(0.4) ? ` ${mentionOf(scenario.someone().userId)}` : '';
  const text = `edited ${scenario.random.int(0, 99)}${mention}`;
  scenario.attempt(device, `edits ${said.messageId}: ${text}`, (client) =>
    client.messages.edit(said.conversationId, said.messageId, text),
  );
};

const remove: Operation = (scenario, device) => {
  const said = scenario.message(scenario.random.chance(0.7) ? device.person : undefined);
  if (!said) return;
  scenario.attempt(device, `deletes ${said.messageId}`, (client) =>
    client.messages.remove(said.conversationId, said.messageId),
  );
};

const react: Operation = (scenario, device) => {
  const said = scenario.message();
  if (!said) return;
  const emoji = scenario.random.pick(EMOJI);
  const on = scenario.random.chance(0.7);
  scenario.attempt(device, `reacts ${emoji} ${on} to ${said.messageId}`, (client) =>
    client.messages.react(said.conversationId, said.messageId, emoji, on),
  );
};

const read: Operation = (scenario, device) => {
  const id = scenario.conversation();
  const lastSeq = device.client.conversations.get(id).get()?.lastSeq ?? 0;
  if (lastSeq === 0) return;
  const seq = scenario.random.int(1, lastSeq);
  scenario.note(`${device.name} reads ${id} up to ${seq}`);
  device.client.conversations.markRead(id, seq);
};

const update: Operation = (scenario, device) => {
  const { random } = scenario;
  const id = scenario.conversation();
  const change = random.pick([
    { name: `Name ${random.int(0, 99)}` },
    { name: `Name ${random.int(0, 99)}`, topic: `Topic ${random.int(0, 99)}` },
    { history: random.pick(['all', 'joined'] as const) },
  ]);
  scenario.attempt(device, `updates ${id}: ${JSON.stringify(change)}`, (client) =>
    client.conversations.update(id, change),
  );
};

const add: Operation = (scenario, device) => {
  const id = scenario.conversation();
  const people = [scenario.someone().userId, scenario.someone().userId];
  scenario.attempt(device, `adds ${people} to ${id}`, (client) =>
    client.conversations.addMembers(id, [...new Set(people)]),
  );
};

const expel: Operation = (scenario, device) => {
  const id = scenario.conversation();
  const { userId } = scenario.someone();
  scenario.attempt(device, `removes ${userId} from ${id}`, (client) =>
    client.conversations.removeMember(id, userId),
  );
};

const leave: Operation = (scenario, device) => {
  const id = scenario.conversation();
  scenario.attempt(device, `leaves ${id}`, (client) => client.conversations.leave(id));
};

const join: Operation = (scenario, device) => {
  const id = scenario.conversation();
  scenario.attempt(device, `joins ${id}`, (client) => client.conversations.join(id));
};

const promote: Operation = (scenario, device) => {
  const id = scenario.conversation();
  const { userId } = scenario.someone();
  const role = scenario.random.pick(['admin', 'member'] as const);
  scenario.attempt(device, `makes ${userId} ${role} of ${id}`, (client) =>
    client.conversations.setRole(id, userId, role),
  );
};

const handOver: Operation = (scenario, device) => {
  const id = scenario.conversation();
  const { userId } = scenario.someone();
  scenario.attempt(device, `hands ${id} over to ${userId}`, (client) =>
    client.conversations.transferOwnership(id, userId),
  );
};

const direct: Operation = (scenario, device) => {
  const { userId } = scenario.someone();
  scenario.attempt(device, `opens a direct conversation with ${userId}`, async (client) => {
    scenario.know(await client.conversations.openDirect(userId), `direct of ${device.name} ${userId}`);
  });
};

const settings: Operation = (scenario, device) => {
  const presence = scenario.random.pick(['auto', 'away', 'invisible'] as const);
  scenario.attempt(device, `is ${presence}`, (client) => client.updateSettings({ presence }));
};

const cut: Operation = (scenario, device) => {
  scenario.note(`${device.name} is cut off`);
  device.network.cut();
  if (scenario.random.chance(0.7)) device.client.retryNow();
};

const offline: Operation = (scenario, device) => {
  const ms = scenario.random.int(30, 500);
  scenario.note(`${device.name} is offline for ${ms} ms`);
  const { network, client } = device;
  network.offline();
  // Still used: what is written now waits in the outbox.
  if (scenario.random.chance(0.7)) scenario.say(device, scenario.conversation(), 'written offline');
  scenario.away(
    device,
    () => {
      network.online();
      client.retryNow();
    },
    ms,
  );
};

const restart: Operation = (scenario, device) => {
  scenario.note(`${device.name} is closed`);
  const stopped = device.stop();
  scenario.died(device);
  scenario.away(device, () => stopped.then(() => device.start()), scenario.random.int(0, 300));
};

const crash: Operation = (scenario, device) => {
  scenario.note(`${device.name} crashes`);
  device.crash();
  scenario.died(device);
  scenario.away(device, () => device.start(), scenario.random.int(0, 300));
};

/** Operations, as often as they are to come. */
const deck: readonly Operation[] = (
  [
    [send, 26],
    [burst, 3],
    [answer, 12],
    [follow, 3],
    [readThread, 3],
    [edit, 8],
    [remove, 6],
    [react, 10],
    [read, 12],
    [update, 5],
    [add, 7],
    [expel, 4],
    [leave, 4],
    [join, 6],
    [promote, 3],
    [handOver, 1],
    [direct, 2],
    [settings, 2],
    [cut, 5],
    [offline, 4],
    [restart, 2],
    [crash, 3],
  ] as const
).flatMap(([operation, times]) => Array.from({ length: times }, () => operation));
