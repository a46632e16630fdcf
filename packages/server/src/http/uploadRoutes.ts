/** Uploads by the tus protocol at `/v1/uploads`: https://tus.io. The library speaks it; who may, and where bytes go, is ours. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import { errors, isId, KithError, limits } from '@kith/protocol';
import { MimeType } from '@kith/protocol/files';
import { DataStore, ERRORS, Server, Upload } from '@tus/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAccess } from '../commands/access.ts';
import type { Services } from '../services.ts';
import type { Somebody } from '../store/users.ts';
import type { HttpDependencies } from './app.ts';
import { callerOf } from './caller.ts';
import { asKithError } from './errors.ts';
import { type Pace, watchPace } from './idle.ts';
import { createPlaces } from './places.ts';

export const UPLOADS_PATH = '/v1/uploads';

/** A line over which less comes has dropped, or serves nobody: the slowest telephones bring ten times as much. The client goes on. */
const LEAST_PACE: Pace = { bytes: 16_384, ms: 60_000 };
/** What was asked to stop for another request gets so long for what it has read already. */
const STOP_MS = 500;

/**
 * Requests with bytes of one person, side by side: each holds a connection and what is gathered before it is kept, 8 MiB for S3.
 * Those that wait hold the connection alone: as many as there may be uploads.
 */
const WRITES = { places: 16, waiting: limits.openUploads, patienceMs: 10_000 } as const;

/** Whose request the library is at. */
const requests = new AsyncLocalStorage<{
  readonly person: Somebody;
  /** Of the path; null: it begins one. */
  readonly fileId: string | null;
  readonly hasBody: boolean;
}>();

const theRequest = () => {
  const request = requests.getStore();
  if (!request) throw new Error('An upload was handled outside of a request.');
  return request;
};

class FileStore extends DataStore {
  readonly #services: Services;
  override extensions = ['creation', 'creation-with-upload', 'termination'];

  constructor(services: Services) {
    super();
    this.#services = services;
  }

  override async create(upload: Upload): Promise<Upload> {
    const { person, hasBody } = theRequest();
    const metadata = upload.metadata ?? {};
    if (upload.size === undefined) throw new KithError('bad_input', { message: 'Say how long the file is.' });
    const mime = MimeType.safeParse(metadata['filetype']);
    const named = metadata['conversationId'];
    const conversationId = typeof named === 'string' && isId(named) ? named : undefined;
    // What is taken there is for its people to know.
    if (conversationId !== undefined) await readAccess(this.#services, person, conversationId);
    const begun = await this.#services.files.begin(person, {
      id: upload.id,
      size: upload.size,
      opaque: metadata['opaque'] === 'true',
      mime: mime.success ? mime.data : undefined,
      conversationId,
    });
    // Begun before, its answer lost: whoever sends the beginning again is told to ask how far it has come.
    if (begun.offset > 0 && hasBody) throw ERRORS.INVALID_OFFSET;
    upload.offset = begun.offset;
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    return new Upload({ id, ...(await this.#services.files.upload(theRequest().person, id)) });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const { person } = theRequest();
    const { files, uploadLocks } = this.#services;
    const fence = await uploadLocks.fence({ tenantId: person.tenantId, userId: person.userId, id });
    return files.append(person, id, offset, stream, fence);
  }

  override remove(id: string): Promise<void> {
    return this.#services.files.giveUp(theRequest().person, id);
  }
}

export function registerUploads(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { files, uploadLocks } = dependencies.services;
  const { pace = LEAST_PACE } = dependencies.connections ?? {};
  const places = createPlaces(WRITES);
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: new FileStore(dependencies.services),
    // Whoever knows an id of somebody else's stops nobody.
    locker: () => uploadLocks.of(theRequest().person),
    // The library takes it from the address, with what follows a question mark.
    getFileIdFromRequest: () => theRequest().fileId ?? undefined,
    lockDrainTimeout: STOP_MS,
    relativeLocation: true,
    // Other origins have no business here, until embedding gives them names.
    allowedOrigins: () => false,
    namingFunction: (_request, metadata) => {
      const id = metadata?.['id'];
      if (typeof id !== 'string' || !isId(id))
        throw new KithError('bad_input', {
          fields: [{ path: 'id', message: 'must be a UUID in lower case, in Upload-Metadata' }],
        });
      return id;
    },
    onUploadFinish: async (_request, upload) => {
      await files.complete(theRequest().person, upload.id);
      return {};
    },
    // Errors of the protocol itself stay as the library says them; clients of tus know those.
    onResponseError: (_request, thrown) => {
      if (!(thrown instanceof Error) || 'status_code' in thrown) return undefined;
      const error = asKithError(thrown);
      if (error.code === 'internal')
        dependencies.log.error({ err: error.cause ?? error }, 'an upload failed');
      return { status_code: errors[error.code].status, body: JSON.stringify({ error: error.toWire() }) };
    },
  });

  const handle = async (
    request: FastifyRequest<{ Params: { readonly fileId?: string } }>,
    reply: FastifyReply,
  ): Promise<void> => {
    const { caller } = request;
    if (!caller) throw new KithError('unauthenticated');
    const { fileId = null } = request.params;
    if (fileId !== null && !isId(fileId)) throw new KithError('not_found');
    const { raw } = request;
    const hasBody = raw.headers['content-type'] === 'application/offset+octet-stream';
    if (hasBody) {
      const leave = await places.enter(caller);
      // With the connection: the library does not come to an end with whoever hangs up.
      if (reply.raw.destroyed) leave();
      else reply.raw.once('close', leave);
    }
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.raw.setHeader('cache-control', 'no-store');
    const unwatch = watchPace(raw, pace, () => raw.destroy(new Error('Its body came too slowly.')));
    try {
      await requests.run({ person: caller, fileId, hasBody }, () => server.handle(raw, reply.raw));
    } finally {
      unwatch();
    }
  };

  // A scope of its own: only here does the body stay a stream.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    const onRequest = async (request: FastifyRequest): Promise<void> => {
      request.caller = await callerOf(request, 'transfer', dependencies);
    };
    const config = { slowBody: true } as const;
    scope.route({ method: 'POST', url: UPLOADS_PATH, onRequest, config, handler: handle });
    scope.route({
      method: ['HEAD', 'PATCH', 'DELETE'],
      url: `${UPLOADS_PATH}/:fileId`,
      onRequest,
      config,
      handler: handle,
    });
  });
}
