/** The plain Socket.IO server of socketio/server.ts, and a client that reads no more of it than it must. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { serverFlags } from '@kith/tools/serverFlags.mjs';
import { startPostgres } from '@kith/tools/services/postgres.ts';
import { freePort } from '@kith/tools/services/processes.ts';
import { WebSocket } from 'ws';
import { readStamp } from '../frames.ts';
import type { Ear } from '../peer.ts';
import { postgresSettings, serverCore } from '../stack.ts';
import { type Child, startChild, temporaryFolder } from './child.ts';
import { missingPostgres } from './packages.ts';
import { connectSome, localAddressOf, type Running, type System, type Talker } from './system.ts';

const SERVER = fileURLToPath(new URL('./socketio/server.ts', import.meta.url));
const ANSWER_MS = 30_000;

export const socketio: System = {
  id: 'socketio',
  name: 'Socket.IO by hand',
  archive: 'PostgreSQL, one INSERT a message',
  onRequest: false,
  guess: { direct: 2_800, group300: 280, group1000: 75 },
  missingPackages: missingPostgres,
  version: () => {
    const { version } = createRequire(import.meta.url)('socket.io/package.json') as { version: string };
    return `Socket.IO ${version}`;
  },
  start,
};

// Packets of Engine.IO (the first digit) and Socket.IO (the second), protocol 4 and 5.
const PING = '2';
const PONG = '3';
const CONNECTED = '40';
const EVENT = '42';
const ACK = '43';
/** Ids of acknowledgements that are awaited one by one; messages have theirs below. */
const REQUESTS_FROM = 1e12;

export class SocketClient implements Talker {
  readonly index: number;
  readonly #socket: WebSocket;
  readonly #ear: Ear;
  readonly #connected = Promise.withResolvers<void>();
  #joined: PromiseWithResolvers<void> | null = null;
  #nextId = REQUESTS_FROM;
  #room = '';

  private constructor(url: string, index: number, ear: Ear) {
    this.index = index;
    this.#ear = ear;
    this.#socket = new WebSocket(url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      localAddress: localAddressOf(index),
    });
    this.#socket.on('message', (data: Buffer) => this.#read(data.toString('latin1')));
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', () => this.#end(new Error('The socket closed.')));
  }

  /** Resolves when the server has let it in. */
  static async connect(port: number, index: number, ear: Ear): Promise<SocketClient> {
    const client = new SocketClient(
      `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`,
      index,
      ear,
    );
    const timer = setTimeout(() => client.#end(new Error('No connection in time.')), ANSWER_MS);
    await client.#connected.promise.finally(() => clearTimeout(timer));
    return client;
  }

  /** Enters a room and writes there from now on. */
  async join(room: string): Promise<void> {
    const joined = Promise.withResolvers<void>();
    this.#joined = joined;
    this.#room = room;
    this.#socket.send(`${EVENT}${this.#nextId}["join","${room}"]`);
    this.#nextId += 1;
    const timer = setTimeout(() => joined.reject(new Error('Not joined in time.')), ANSWER_MS);
    await joined.promise.finally(() => clearTimeout(timer));
  }

  say(id: number, _messageId: string, text: string): void {
    this.#socket.send(`${EVENT}${id}["say","${this.#room}","${text}"]`);
  }

  markDelivered(): void {}

  /** There, the server asks. */
  ping(): void {}

  terminate(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.terminate();
  }

  #end(error: Error): void {
    this.#connected.reject(error);
    this.#joined?.reject(error);
  }

  #read(packet: string): void {
    if (packet.startsWith(EVENT)) {
      readStamp(packet, (due, sender) => this.#ear.delivered(due, sender, this.index));
    } else if (packet.startsWith(ACK)) this.#acknowledged(Number.parseInt(packet.slice(2), 10), packet);
    else if (packet === PING) this.#socket.send(PONG);
    else if (packet.startsWith(CONNECTED)) this.#connected.resolve();
    else if (packet.startsWith('0')) this.#socket.send(`${CONNECTED}{"user":"bench${this.index}"}`);
  }

  #acknowledged(id: number, packet: string): void {
    if (id >= REQUESTS_FROM) this.#joined?.resolve();
    else if (packet.includes('"error"')) this.#ear.failed(id, packet);
    else this.#ear.acknowledged(id);
  }
}

async function start(_people: number): Promise<Running> {
  const postgres = await startPostgres({ fsync: true, cpu: serverCore, settings: postgresSettings });
  let child: Child | null = null;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await postgres.stop();
  };
  try {
    const port = await freePort();
    child = await startChild({
      command: [process.execPath, ...serverFlags, SERVER],
      folder: await temporaryFolder(undefined),
      port,
      env: { PORT: String(port), DATABASE_URL: postgres.url, NODE_ENV: 'production' },
    });
    return running(port, child.pid, postgres.pid, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function running(port: number, serverPid: number, databasePid: number, stop: () => Promise<void>): Running {
  const clients: SocketClient[] = [];
  return {
    serverPids: [serverPid],
    databasePid,
    connect: async (from, to, ear) => {
      const more = await connectSome(from, to, (index) => SocketClient.connect(port, index, ear));
      clients.push(...more);
      return more;
    },
    pairUp: async (count) => {
      for (const client of clients.slice(0, count)) await client.join(`pair${client.index >> 1}`);
    },
    gather: async (size) => {
      for (const client of clients.slice(0, size)) await client.join(`group${size}`);
    },
    stop,
  };
}
