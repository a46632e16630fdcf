/** E1 over HTTP: whatever goes wrong leaves as `{ error: WireError }` with the table's status, and nothing else leaves. */
import type { Socket } from 'node:net';
import { errors, KithError, type WireError } from '@kith/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toKithError } from '../store/database.ts';
import { STANDING_HEADERS } from './securityHeaders.ts';

/** Any thrown thing as an error of the table. What is neither ours nor the sender's fault becomes `internal`. */
export function asKithError(error: unknown): KithError {
  const ours = toKithError(error);
  if (ours instanceof KithError) return ours;
  switch (codeOf(error)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new KithError('too_large');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new KithError('bad_input', { message: 'Send JSON, with content-type: application/json.' });
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new KithError('bad_input', { message: 'The path of the request is not valid.' });
    default:
      return isSendersFault(error) ? new KithError('bad_input') : new KithError('internal', { cause: error });
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** Fastify and its parsers mark what the sender did wrong by a status below 500. */
function isSendersFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

/** Answers with the error, and logs the ones that are ours to mend. */
export function sendError(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const error = asKithError(thrown);
  if (error.code === 'internal') request.log.error({ err: error.cause ?? error }, 'request failed');
  else if (error.code === 'unavailable') warnOfOutage(request, error);
  if (error.retryAfterMs !== undefined)
    reply.header('retry-after', String(Math.ceil(error.retryAfterMs / 1_000)));
  if (errors[error.code].status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(errors[error.code].status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send({
      error: error.code === 'internal' ? { ...error.toWire(), requestId: request.id } : error.toWire(),
    });
}

/** An outage fails every request of every client; one line a second tells it. */
const OUTAGE_LOG_MS = 1_000;
let outageLoggedAt = Number.NEGATIVE_INFINITY;

function warnOfOutage(request: FastifyRequest, { cause }: KithError): void {
  const now = performance.now();
  if (now - outageLoggedAt < OUTAGE_LOG_MS) return;
  outageLoggedAt = now;
  request.log.warn({ err: cause }, 'the database cannot be reached');
}

/** For what Node itself refuses before there is a request: broken HTTP, too large or too slow headers. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (socket.destroyed || error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const status = isLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(bareAnswer(status, new KithError(isLarge ? 'too_large' : 'bad_input').toWire()));
}

/** The same answer as text, where there is a socket and nothing that answers. */
export function bareAnswer(status: string, error: WireError): string {
  const body = JSON.stringify({ error });
  const headers = {
    ...STANDING_HEADERS,
    connection: 'close',
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`;
}
