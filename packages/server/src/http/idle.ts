/** A connection over which nothing goes for too long has dropped, or is held open to keep us busy. */
import type { Socket } from 'node:net';

/** Calls `drop` once, when the socket was silent for so long. Returns how to stop watching, which a connection that is kept needs. */
export function watchIdle(socket: Socket, ms: number, drop: () => void): () => void {
  socket.setTimeout(ms);
  socket.once('timeout', drop);
  // The time itself stays as it is: once the answer is out, Node has set how long the connection is kept for the next request.
  return () => void socket.off('timeout', drop);
}
