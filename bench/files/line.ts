/** One connection of the load: requests one at a time, bodies counted and dropped. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Answer, AnswerReader } from './answers.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface LineRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly Buffer[];
  /** Parts of the answer's body; each is valid only while this runs. */
  readonly hear?: (part: Buffer) => void;
}

export interface LineAnswer extends Answer {
  /** When the last byte of the request was with the kernel, as `performance.now()`. */
  readonly sentAt: number;
}

/** Nothing moves for so long: it never will. */
const IDLE_MS = 60_000;
const READ_BYTES = 256 * 1024;

interface Waiting {
  readonly request: LineRequest;
  readonly resolve: (answer: LineAnswer) => void;
  readonly reject: (error: Error) => void;
  sentAt: number | null;
}

export class Line {
  /** Bytes of bodies so far. */
  received = 0;
  readonly #address: Address;
  readonly #socket: Socket;
  #waiting: Waiting | null = null;

  private constructor(address: Address) {
    this.#address = address;
    const reader = new AnswerReader({
      body: (part) => {
        this.received += part.length;
        this.#waiting?.request.hear?.(part);
      },
      answer: (answer) => {
        const waiting = this.#waiting;
        this.#waiting = null;
        if (!waiting) return this.#end(new Error('An answer that nobody asked for.'));
        waiting.resolve({ ...answer, sentAt: waiting.sentAt ?? performance.now() });
      },
    });
    this.#socket = connect({
      ...address,
      noDelay: true,
      // The same memory for every read: with the streams of Node the load would be full before the server is.
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (length, buffer) => {
          try {
            reader.read(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          } catch (error) {
            this.#end(error instanceof Error ? error : new Error(String(error)));
          }
          return true;
        },
      },
    });
    this.#socket.setTimeout(IDLE_MS, () =>
      this.#end(new Error('Nothing moved on a connection for a minute.')),
    );
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', () => this.#end(new Error('The connection was closed.')));
  }

  static async open(address: Address): Promise<Line> {
    const line = new Line(address);
    await once(line.#socket, 'connect');
    return line;
  }

  request(request: LineRequest): Promise<LineAnswer> {
    if (this.#waiting) throw new Error('One request at a time.');
    const { method, path, headers = {}, body = [] } = request;
    const length = body.reduce((sum, part) => sum + part.length, 0);
    const head = [
      `${method} ${path} HTTP/1.1`,
      `host: ${this.#address.host}:${this.#address.port}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(method === 'GET' || method === 'DELETE' ? [] : [`content-length: ${length}`]),
    ];
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { request, resolve, reject, sentAt: null };
      this.#waiting = waiting;
      const sent = (): void => {
        waiting.sentAt = performance.now();
      };
      this.#socket.cork();
      this.#socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1', body.length === 0 ? sent : undefined);
      for (const [index, part] of body.entries()) {
        this.#socket.write(part, index === body.length - 1 ? sent : undefined);
      }
      this.#socket.uncork();
    });
  }

  /** At once; whoever waits for an answer hears so. */
  close(): void {
    this.#end(new Error('The connection was closed by us.'));
  }

  #end(error: Error): void {
    this.#socket.destroy();
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

/** @throws Error that says what came instead. */
export function demand(answer: Answer, status: number, bytes?: number): void {
  if (answer.status === status && (bytes === undefined || answer.bytes === bytes)) return;
  throw new Error(
    `Answered ${answer.status} with ${answer.bytes} bytes, not ${status}${bytes === undefined ? '' : ` with ${bytes}`}.`,
  );
}
