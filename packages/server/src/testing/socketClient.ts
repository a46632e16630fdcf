/** A client for tests of the gateway: sends what it is told, right or wrong, and keeps every frame that comes. */
import { once } from 'node:events';
import { type CommandName, type Input, type Output, type ServerFrame, subprotocol } from '@kith/protocol';
import { type ClientOptions, WebSocket } from 'ws';

type FrameOf<T extends ServerFrame['t']> = Extract<ServerFrame, { t: T }>;

export interface SocketClient {
  readonly ws: WebSocket;
  /** Every frame so far, in order. */
  readonly frames: ServerFrame[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(frame: unknown): void;
  sendRaw(data: string | Buffer, binary?: boolean): void;
  /** The first frame of this kind that fits, come or to come; each is given once. */
  next<T extends ServerFrame['t']>(t: T, fits?: (frame: FrameOf<T>) => boolean): Promise<FrameOf<T>>;
  /** Says hello and waits for the welcome. */
  hello(token: string): Promise<FrameOf<'welcome'>>;
  /** Rejects with the wire's error when the command fails. */
  request<N extends CommandName>(command: N, input: Input<N>): Promise<Output<N>>;
}

export async function openSocket(url: string, options: ClientOptions = {}): Promise<SocketClient> {
  const ws = new WebSocket(url, subprotocol, options);
  const client = wrap(ws);
  await once(ws, 'open');
  return client;
}

const PATIENCE_MS = 5_000;

function wrap(ws: WebSocket): SocketClient {
  const frames: ServerFrame[] = [];
  const taken = new Set<ServerFrame>();
  const waiting = new Set<() => void>();
  let nextId = 0;

  ws.on('error', () => undefined);
  ws.on('message', (data) => {
    for (const line of data.toString().split('\n')) frames.push(JSON.parse(line) as ServerFrame);
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });

  const next: SocketClient['next'] = (t, fits = () => true) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no ${t} came; got ${JSON.stringify(frames).slice(0, 2_000)}`));
      }, PATIENCE_MS);
      const look = (): void => {
        for (const frame of frames) {
          if (frame.t !== t || taken.has(frame) || !fits(frame as never)) continue;
          taken.add(frame);
          waiting.delete(look);
          clearTimeout(timer);
          resolve(frame as never);
          return;
        }
      };
      waiting.add(look);
      look();
    });

  const send = (frame: unknown): void => ws.send(JSON.stringify(frame));

  return {
    ws,
    frames,
    closed,
    next,
    send,
    sendRaw: (data, binary = false) => ws.send(data, { binary }),
    hello: async (token) => {
      send({ t: 'hello', token });
      return next('welcome');
    },
    request: async (command, input) => {
      nextId += 1;
      const id = nextId;
      send({ t: 'request', id, command, input });
      const answer = await Promise.race([
        next('reply', (frame) => frame.id === id),
        next('failed', (frame) => frame.id === id),
      ]);
      if (answer.t === 'failed') throw Object.assign(new Error(answer.error.message), answer.error);
      return answer.output as never;
    },
  };
}
