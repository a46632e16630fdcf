/** Files of messages as bytes: to whoever may see the message, at each request anew. */
import { pipeline } from 'node:stream/promises';
import { isId, KithError } from '@kith/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fileAccess } from '../commands/fileAccess.ts';
import type { FileAddress, SignedQuery } from '../media/links.ts';
import { placeOf } from '../media/vault.ts';
import type { FileRow } from '../store/files.ts';
import type { Somebody } from '../store/users.ts';
import type { HttpDependencies } from './app.ts';
import { HARMLESS } from './blobRoutes.ts';
import { callerOf, takeRate } from './caller.ts';
import { watchIdle } from './idle.ts';
import { addressOf } from './origin.ts';
import { createPlaces } from './places.ts';
import { rangeOf } from './ranges.ts';

/** What browsers draw and cannot run. Everything else is saved, never opened: HTML and SVG would run as ours. */
const DRAWN = /^(?:image\/(?:png|jpeg|webp|gif|avif)|(?:video|audio)\/(?!.*xml)[a-z0-9.+-]+)$/;
/** Shown by the app itself, which reads the bytes. */
const READ = /^(?:application\/pdf|text\/plain)$/;

/** How long a store of objects lets in whoever was sent there. */
const DIRECT_SECONDS = 300;
/** A reader that takes nothing for so long is gone, ms. */
const IDLE_MS = 60_000;
/** Files that one person reads side by side: each holds a connection, a file and what is read ahead of it. */
const READS = { places: 32, waiting: 96, patienceMs: 5_000 } as const;

interface FileRequest {
  Params: Record<keyof FileAddress, string>;
  Querystring: { readonly download?: string; readonly name?: string } & Partial<SignedQuery>;
}

export function registerFiles(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { services } = dependencies;
  const places = createPlaces(READS);
  app.get<FileRequest>(
    '/v1/conversations/:conversationId/messages/:messageId/files/:fileId',
    async (request, reply) => {
      const { params, query } = request;
      if (!isId(params.conversationId) || !isId(params.messageId) || !isId(params.fileId))
        throw new KithError('not_found');
      const person = await whoAsks(request, params, dependencies);
      const { row, name } = await fileAccess(services, person, params);
      const etag = `"${row.object.slice(0, 16)}"`;
      const drawn = row.findings ? DRAWN.test(row.findings.mime) : false;
      const saved = query.download !== undefined || !(drawn || isRead(row));
      reply.headers({
        ...HARMLESS,
        'cache-control': 'private, max-age=31536000, immutable',
        vary: 'cookie, authorization',
        'accept-ranges': 'bytes',
        'content-disposition': disposition(saved ? 'attachment' : 'inline', name),
        etag,
      });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      const type = saved && !drawn ? 'application/octet-stream' : (row.findings?.mime ?? '');
      const elsewhere = await services.files.vault.link(placeOf(row), {
        seconds: DIRECT_SECONDS,
        mime: type,
        disposition: disposition(saved ? 'attachment' : 'inline', name),
      });
      if (elsewhere !== null)
        return reply
          .header('cache-control', `private, max-age=${DIRECT_SECONDS - 60}`)
          .redirect(elsewhere, 302);
      const leave = await places.enter(person);
      try {
        return await send(
          request,
          reply,
          dependencies,
          row,
          type.startsWith('text/') ? `${type}; charset=utf-8` : type,
        );
      } finally {
        leave();
      }
    },
  );
}

const isRead = ({ findings }: FileRow): boolean => findings !== null && READ.test(findings.mime);

/** By cookie or token; or as the person for whom the address was signed. */
async function whoAsks(
  request: FastifyRequest<FileRequest>,
  address: FileAddress,
  dependencies: HttpDependencies,
): Promise<Somebody> {
  const { tenant, user, until, signature } = request.query;
  if (signature === undefined) return callerOf(request, 'media', dependencies);
  const { limiter, config, services } = dependencies;
  takeRate(limiter, { address: addressOf(request.raw, config.trustedProxies) }, 'media');
  const whose = services.links.verify(address, { tenant, user, until, signature });
  if (!whose) throw new KithError('forbidden', { message: 'This address is not valid any more.' });
  takeRate(limiter, whose, 'media');
  return { tenantId: whose.tenantId, userId: whose.userId };
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { services, log }: HttpDependencies,
  row: FileRow,
  type: string,
): Promise<FastifyReply> {
  const range = rangeOf(
    request.headers['if-range'] === undefined ? request.headers.range : undefined,
    row.size,
  );
  if (range.type === 'unsatisfiable') {
    reply.header('content-range', `bytes */${row.size}`);
    return reply.code(416).send();
  }
  const [from, to] = range.type === 'part' ? [range.from, range.to] : [0, row.size];
  if (range.type === 'part') reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${row.size}`);
  reply.type(type).header('content-length', to - from);
  if (from === to) return reply.send('');
  const bytes = await services.files.vault.read(placeOf(row), from, to);
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.statusCode = reply.statusCode;
  // A reader that takes nothing holds neither the connection nor what is read for it.
  const unwatch = watchIdle(request.raw.socket, IDLE_MS, () => reply.raw.destroy());
  try {
    await pipeline(bytes, reply.raw);
  } catch (error) {
    // Who goes away in the middle is no trouble; bytes that are not what was written are.
    if (!isGone(error)) log.error({ err: error, fileId: row.id }, 'a file could not be read to its end');
  } finally {
    bytes.destroy();
    unwatch();
  }
  return reply;
}

/** The reader, before or after the first byte. */
const GONE: ReadonlySet<unknown> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ECONNRESET',
  'EPIPE',
]);

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && GONE.has(error.code);

/** RFC 6266: the name as it is, in a form that no name can break out of, and one for programs of long ago. */
function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
