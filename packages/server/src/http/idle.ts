/** A connection over which nothing goes for too long has dropped, or is held open to keep us busy. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Calls `drop` once, when the socket was silent for so long. Returns how to stop watching, which a connection that is kept needs. */
export function watchIdle(socket: Socket, ms: number, drop: () => void): () => void {
  socket.setTimeout(ms);
  socket.once('timeout', drop);
  // The time itself stays as it is: once the answer is out, Node has set how long the connection is kept for the next request.
  return () => void socket.off('timeout', drop);
}

/** The least that is to come, or its sender has dropped, or drips to hold a connection. */
export interface Pace {
  readonly bytes: number;
  readonly ms: number;
}

/** Calls `drop` once, when less came of a body in such a time. Returns how to stop watching. */
export function watchPace(request: IncomingMessage, { bytes, ms }: Pace, drop: () => void): () => void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const came = socket.bytesRead - before;
    before += came;
    if (request.complete) clearInterval(timer);
    else if (came < bytes) {
      clearInterval(timer);
      drop();
    }
  }, ms).unref();
  return () => clearInterval(timer);
}
