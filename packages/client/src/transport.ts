/** One WebSocket, from opening to close, as frames. It knows nothing of retrying. */
import type { ClientFrame, ServerFrame } from '@kith/protocol';
import type { SocketConstructor, SocketLike } from './types.ts';

/** Named here and not imported: frames.ts holds the schemas, and zod with them. A test holds both together. */
export const SUBPROTOCOL = 'kith.v1.json';

const OPEN = 1;

export interface TransportHandlers {
  open(): void;
  frame(frame: ServerFrame): void;
  /** Once, whoever closed it. Nothing comes after. */
  closed(code: number): void;
}

export class Transport {
  readonly #socket: SocketLike;
  #handlers: TransportHandlers | undefined;

  constructor(url: string, WebSocket: SocketConstructor, handlers: TransportHandlers) {
    this.#handlers = handlers;
    this.#socket = new WebSocket(socketUrl(url), [SUBPROTOCOL]);
    this.#socket.addEventListener('open', () => this.#handlers?.open());
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', ({ code }) => this.#closed(code));
    // `close` follows and says more; without a listener Node's `ws` would throw.
    this.#socket.addEventListener('error', () => {});
  }

  send(frame: ClientFrame): boolean {
    if (!this.#handlers || this.#socket.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Closes without waiting: a socket whose peer is gone takes minutes to say `close`. */
  close(): void {
    this.#handlers = undefined;
    this.#socket.close(1000);
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    for (const line of data.split('\n')) {
      if (line === '') continue;
      const frame = parse(line);
      // Closed by what an earlier line said: the rest is no longer ours.
      if (frame) this.#handlers?.frame(frame);
    }
  }

  #closed(code: number): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.closed(code);
  }
}

/** The server's frames are not checked field by field: it is the one we trust, and zod is heavy in a browser. */
function parse(line: string): ServerFrame | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 't' in value ? (value as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}

function socketUrl(url: string): string {
  const socket = new URL('/v1/socket', url);
  socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket.href;
}
