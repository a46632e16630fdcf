/** FakeWorld behind fake sockets, on a bad network: delays, and, when told to, lost, doubled and reordered events. */
import type { ClientFrame, CommandName, Event, Input, ServerFrame } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { changeHidden, type SeqRange } from '@kith/protocol/hidden';
import { limits } from '@kith/protocol/limits';
import { defaultSettings } from '@kith/protocol/preferences';
import type { Clock, SocketConstructor } from '../types.ts';
import { FakeWorld } from './fakeWorld.ts';

export interface Weather {
  /** Of frames, ms. */
  delay: number;
  /** Chances, each event. */
  lose: number;
  double: number;
  /** Delayed on its own, so that others overtake it. */
  reorder: number;
  /** A request is answered by a retryable error, before or after it was done. */
  fail: number;
}

export const fairWeather: Weather = { delay: 5, lose: 0, double: 0, reorder: 0, fail: 0 };

export class FakeServer {
  readonly world: FakeWorld;
  readonly sockets = new Set<FakeSocket>();
  weather: Weather = { ...fairWeather };
  /** Refuses new connections. */
  down = false;
  /** Commands that are refused for good. */
  readonly refuses = new Set<CommandName>();
  /** How often each command was asked. */
  readonly asked = new Map<string, number>();
  /** How late an answer comes, ms; it is of the moment of its question. */
  lateness: (command: CommandName) => number = () => 0;
  /** When sessions of people of a host end, ms since the epoch; who is not named has one that stays. */
  readonly ends = new Map<string, number>();
  /** What a fresh token of a host is good for, ms. */
  sessionMs = 0;
  readonly clock: Clock;
  readonly random: () => number;
  /** By person and conversation: told by replies only, as if each had one device. */
  readonly #hidden = new Map<string, readonly SeqRange[]>();
  #ownRev = 100;

  constructor(clock: Clock, random: () => number) {
    this.clock = clock;
    this.random = random;
    this.world = new FakeWorld(
      (userId, event) => this.#announce(userId, event),
      () => clock.now(),
    );
  }

  /** The token is the user's id. */
  get WebSocket(): SocketConstructor {
    const server = this;
    return class extends FakeSocket {
      constructor() {
        super(server);
      }
    };
  }

  /** A token of a host, which is the user's id, for a session. */
  readonly fetch = (async (_url: unknown, init?: RequestInit) => {
    const { token } = JSON.parse(String(init?.body)) as { token: string };
    const user = this.world.users.get(token);
    if (!user) return Response.json({ error: new KithError('unauthenticated').toWire() }, { status: 401 });
    return Response.json({ token, user, ...this.prolong(token) });
  }) as typeof globalThis.fetch;

  prolong(userId: string): { expiresAt: string } {
    const end = this.clock.now() + this.sessionMs;
    this.ends.set(userId, end);
    this.clock.after(this.sessionMs, () => {
      if ((this.ends.get(userId) ?? 0) > this.clock.now()) return;
      for (const socket of [...this.sockets]) if (socket.userId === userId) socket.drop(4401);
    });
    return { expiresAt: new Date(end).toISOString() };
  }

  isOver(userId: string): boolean {
    return (this.ends.get(userId) ?? Number.POSITIVE_INFINITY) <= this.clock.now();
  }

  /** Cuts the connections, of one person or all. */
  cut(userId?: string): void {
    for (const socket of [...this.sockets])
      if (userId === undefined || socket.userId === userId) socket.drop(1006);
  }

  /** S11. */
  antiEntropy(): void {
    for (const socket of this.sockets) {
      for (const id of this.world.conversations.keys()) {
        const event = socket.userId && this.world.lastEvent(socket.userId, id);
        if (event) socket.push({ t: 'event', event });
      }
    }
  }

  #announce(userId: string, event: Event): void {
    const { lose, double, reorder } = this.weather;
    for (const socket of this.sockets) {
      if (socket.userId !== userId) continue;
      // Leaving and joining are told again by sync only; the others by the next event.
      const fragile = event.type === 'records' || event.type === 'receipts' || event.type === 'read';
      if (fragile && this.random() < lose) continue;
      const late = fragile && this.random() < reorder ? this.random() * 200 : 0;
      socket.push({ t: 'event', event: structuredClone(event) }, late);
      if (fragile && this.random() < double) socket.push({ t: 'event', event: structuredClone(event) }, late);
    }
  }

  answer(userId: string, command: CommandName, input: unknown): unknown {
    this.asked.set(command, (this.asked.get(command) ?? 0) + 1);
    if (this.refuses.has(command)) throw new KithError('forbidden');
    const { world } = this;
    const of = <N extends CommandName>(_: N) => input as Input<N>;
    switch (command) {
      case 'sync':
        return world.sync(userId, of('sync'));
      case 'getHeads':
        return world.getHeads(userId, of('getHeads'));
      case 'catchUp':
        return world.catchUp(userId, of('catchUp'));
      case 'getHistory':
        return world.getHistory(userId, of('getHistory'));
      case 'getMessages':
        return world.getMessages(userId, of('getMessages'));
      case 'listThreads':
        return world.threads.list(userId, of('listThreads'));
      case 'getThread':
        return world.threads.get(userId, of('getThread'));
      case 'followThread':
        return world.threads.follow(userId, of('followThread'));
      case 'markThreadRead':
        return world.threads.markRead(userId, of('markThreadRead'));
      case 'sendMessage':
        return world.sendMessage(userId, of('sendMessage'));
      case 'editMessage':
        return world.editMessage(userId, of('editMessage'));
      case 'deleteMessage':
        return world.deleteMessage(userId, of('deleteMessage'));
      case 'addReaction':
        return world.react(userId, of('addReaction'), true);
      case 'removeReaction':
        return world.react(userId, of('removeReaction'), false);
      case 'votePoll':
        return world.vote(userId, of('votePoll'));
      case 'closePoll':
        return world.closePoll(userId, of('closePoll'));
      case 'pinMessage':
        return world.pin(userId, of('pinMessage'), true);
      case 'unpinMessage':
        return world.pin(userId, of('unpinMessage'), false);
      case 'listPins':
        return world.listPins(userId, of('listPins'));
      case 'updateConversation':
        return world.rename(userId, of('updateConversation'));
      case 'joinChannel':
        return world.join(userId, of('joinChannel').conversationId);
      case 'leaveConversation':
        return world.leave(userId, of('leaveConversation').conversationId);
      case 'markRead':
        return world.markRead(userId, of('markRead'));
      case 'markDelivered':
        return world.markDelivered(userId, of('markDelivered'));
      case 'getUsers':
        return { users: of('getUsers').userIds.flatMap((id) => world.users.get(id) ?? []) };
      case 'watch':
        return {
          presence: [],
          receipts: of('watch').conversationIds.map((id) => ({
            conversationId: id,
            marks: world.marks(userId, id),
          })),
        };
      case 'hideMessages': {
        const { conversationId, hide = [], show = [] } = of('hideMessages');
        const id = `${userId} ${conversationId}`;
        const ranges = changeHidden(this.#hidden.get(id) ?? [], hide, show);
        this.#hidden.set(id, ranges);
        this.#ownRev++;
        const value = ranges.length > 0 ? { ranges } : null;
        return { record: { type: 'hidden', key: conversationId, rev: this.#ownRev, value } };
      }
      case 'refreshToken':
        if (of('refreshToken').token !== userId) throw new KithError('forbidden');
        return this.prolong(userId);
      case 'typing':
      case 'setActivity':
        return {};
      default:
        throw new KithError('unknown_command');
    }
  }
}

export class FakeSocket {
  readyState = 0;
  userId: string | undefined;
  readonly #server: FakeServer;
  readonly #listeners: { type: string; listener: (event: never) => void }[] = [];
  /** Frames leave in the order they were put in, whatever their delay. */
  #lastAt = 0;

  constructor(server: FakeServer) {
    this.#server = server;
    server.clock.after(server.weather.delay, () => {
      if (this.readyState !== 0) return;
      if (server.down) return this.drop(1006);
      this.readyState = 1;
      server.sockets.add(this);
      this.#emit('open', {});
    });
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push({ type, listener });
  }

  send(data: string): void {
    const frame = JSON.parse(data) as ClientFrame;
    this.#server.clock.after(this.#server.weather.delay, () => {
      if (this.readyState === 1) this.#receive(frame);
    });
  }

  close(): void {
    this.readyState = 3;
    this.#server.sockets.delete(this);
  }

  drop(code: number): void {
    this.close();
    this.#emit('close', { code, reason: '' });
  }

  /** `late`: overtaken by what follows. */
  push(frame: ServerFrame, late = 0): void {
    const { clock, weather, random } = this.#server;
    const at = Math.max(this.#lastAt, clock.now() + random() * weather.delay);
    if (late === 0) this.#lastAt = at;
    clock.after(at - clock.now() + late, () => {
      if (this.readyState === 1) this.#emit('message', { data: JSON.stringify(frame) });
    });
  }

  #receive(frame: ClientFrame): void {
    const { world, weather, random } = this.#server;
    if (frame.t === 'ping') return this.push({ t: 'pong' });
    if (frame.t === 'hello') {
      const user = world.users.get(frame.token ?? '');
      if (!user || this.#server.isOver(user.id)) {
        this.push({ t: 'goodbye', error: new KithError('unauthenticated').toWire() });
        this.#server.clock.after(20, () => this.drop(4401));
        return;
      }
      this.userId = user.id;
      const end = this.#server.ends.get(user.id);
      const settings = { type: 'settings', rev: 0, presence: 'auto', ...defaultSettings } as const;
      return this.push({
        t: 'welcome',
        user,
        settings,
        rev: 0,
        sessionId: 's',
        ...(end !== undefined && { expiresAt: new Date(end).toISOString() }),
        tenant: { slug: 't', name: 'T' },
        limits,
        serverTime: new Date(this.#server.clock.now()).toISOString(),
      });
    }
    const failing = random() < weather.fail;
    const before = failing && random() < 0.5;
    try {
      if (before) throw new KithError('unavailable');
      const command = frame.command as CommandName;
      const output = this.#server.answer(this.userId!, command, frame.input);
      if (failing) throw new KithError('timeout');
      this.push(
        { t: 'reply', id: frame.id, output: structuredClone(output) },
        this.#server.lateness(command),
      );
    } catch (error) {
      const wire = (
        error instanceof KithError ? error : new KithError('internal', { cause: error })
      ).toWire();
      if (!(error instanceof KithError)) throw error;
      this.push({ t: 'failed', id: frame.id, error: wire });
    }
  }

  #emit(type: string, event: unknown): void {
    for (const each of this.#listeners) if (each.type === type) each.listener(event as never);
  }
}
