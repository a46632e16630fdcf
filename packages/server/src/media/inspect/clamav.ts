/**
 * The scanner: clamd, which is told a file in pieces (its INSTREAM) and says what it found. While it does not answer, nothing passes:
 * the file is held, and tried again later.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { KithError } from '@kith/protocol';
import type { Inspected } from './inspector.ts';

/** @throws KithError file_refused: what it found; unavailable: it does not answer. */
export type Scan = (file: Inspected) => Promise<void>;

export interface ClamavOptions {
  readonly connectMs?: number;
  /** It takes nothing more, or says nothing, for this long, ms. */
  readonly idleMs?: number;
}

/** Well below what clamd takes as one piece. */
const PIECE = 64 * 1024;
const REPLY_BYTES = 4_096;
const CONNECT_MS = 5_000;
/** After the last byte it unpacks and compares: archives take their time. */
const IDLE_MS = 120_000;

type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** `address`: `tcp://host:port` or `unix:/path`. @throws Error when it is neither. */
export function createClamav(
  address: string,
  { connectMs = CONNECT_MS, idleMs = IDLE_MS }: ClamavOptions = {},
): Scan {
  const where = addressOf(address);
  return async (file) => {
    file.signal.throwIfAborted();
    const reply = await verdictOf(where, file, connectMs, idleMs);
    const [, found] = /^stream: (.*) FOUND$/.exec(reply) ?? [];
    if (found !== undefined) {
      throw new KithError('file_refused', { message: `The scanner found something in this file: ${found}.` });
    }
    if (reply === 'stream: OK') return;
    // It would say so each time: whoever runs it sets StreamMaxLength to what may be uploaded.
    if (/size limit exceeded/i.test(reply)) {
      throw new KithError('file_refused', { message: 'The file is larger than the scanner takes.' });
    }
    throw silent(new Error(`clamd answered ${JSON.stringify(reply.slice(0, 200))}`));
  };
}

/** It hung up while it was told a file, and what it said of that, if it said anything, was lost with the connection. */
class HungUp extends Error {
  override name = 'HungUp';
}

/** So often it may hang up over one file, and be there all the same, before the file is to blame. */
const ATTEMPTS = 3;

/**
 * What clamd says of a file. One that is larger than it takes it answers and hangs up on at once, and the answer may be lost with
 * the bytes that were on their way: such a file would be held for ever, so a scanner that is well and hangs up each time has refused.
 */
async function verdictOf(
  where: Address,
  file: Inspected,
  connectMs: number,
  idleMs: number,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(where, (socket) => tell(socket, file), file.signal, connectMs, idleMs);
    } catch (error) {
      if (!(error instanceof HungUp)) throw error;
      const sign = await ask(where, ping, file.signal, connectMs, idleMs).catch((cause: unknown) => {
        throw cause instanceof HungUp ? silent(cause.cause) : cause;
      });
      if (sign !== 'PONG') throw silent(error.cause);
      if (attempt === ATTEMPTS)
        throw new KithError('file_refused', { message: 'The scanner does not take this file.' });
    }
  }
}

const ping = async (socket: Socket): Promise<void> => {
  socket.write(Buffer.from('zPING\0', 'latin1'));
};

function addressOf(address: string): Address {
  const [, path] = /^unix:(\/.+)$/.exec(address) ?? [];
  if (path !== undefined) return { path };
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'tcp:' && url.hostname !== '' && url.port !== '') {
    return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port) };
  }
  throw new Error(
    `The scanner's address must be tcp://host:port or unix:/path, not ${JSON.stringify(address)}`,
  );
}

const silent = (cause: unknown): KithError =>
  new KithError('unavailable', { message: 'The scanner does not answer. The file waits for it.', cause });

async function ask(
  where: Address,
  say: (socket: Socket) => Promise<void>,
  signal: AbortSignal,
  connectMs: number,
  idleMs: number,
): Promise<string> {
  const socket = connect(where);
  let late = false;
  let connected = false;
  const stop = (): void => {
    socket.destroy(new Error('the service stops'));
  };
  signal.addEventListener('abort', stop, { once: true });
  socket.setTimeout(connectMs, () => {
    late = true;
    socket.destroy(new Error('it takes too long'));
  });
  // It may answer before the last piece, and hang up: what it said counts, not that we could not go on talking.
  const reply = replyOf(socket);
  reply.catch(() => undefined);
  try {
    await once(socket, 'connect');
    connected = true;
    socket.setTimeout(idleMs);
    await say(socket);
    return await reply;
  } catch (error) {
    if (error instanceof ReadError) throw error.cause;
    signal.throwIfAborted();
    throw connected && !late ? new HungUp('the scanner hung up', { cause: error }) : silent(error);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/** The file could not be read: that is not the scanner's doing. */
class ReadError extends Error {
  override name = 'ReadError';
}

async function tell(socket: Socket, file: Inspected): Promise<void> {
  const over = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (!socket.writable) return;
    if (!socket.write(bytes)) await Promise.race([once(socket, 'drain').catch(() => undefined), over]);
  };
  await send(Buffer.from('zINSTREAM\0', 'latin1'));
  for await (const part of partsOf(file)) {
    for (let at = 0; at < part.length && socket.writable; at += PIECE) {
      const piece = part.subarray(at, at + PIECE);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(piece.length);
      socket.write(length);
      await send(piece);
    }
    if (!socket.writable) return;
  }
  await send(Buffer.alloc(4));
}

async function* partsOf(file: Inspected): AsyncGenerator<Buffer> {
  if (file.size === 0) return;
  try {
    yield* await file.read(0, file.size);
  } catch (cause) {
    throw new ReadError('the file could not be read', { cause });
  }
}

/** Up to its NUL. */
async function replyOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    socket.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      if (said.includes('\0')) resolve(said.slice(0, said.indexOf('\0')));
      else if (said.length > REPLY_BYTES) socket.destroy(new Error('it says too much'));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it hung up')));
  });
}
