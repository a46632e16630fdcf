/** Small images as bytes, in and out: what no JSON command can carry. */
import { BlobPurpose, blobBounds, isId, KithError } from '@kith/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { StoredBlob } from '../blobs/blobs.ts';
import { guestsMayNot } from '../policy/guests.ts';
import type { HttpDependencies } from './app.ts';
import { callerOf } from './caller.ts';

/** What a person may upload; previews the server makes itself. */
export const UploadPurpose = BlobPurpose.exclude(['preview']);

/** The image is drawn, and nothing in it is ever run, wherever it is opened. */
export const HARMLESS = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

export function registerBlobs(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { blobs } = dependencies.services;

  app.get<{ Params: { blobId: string } }>('/v1/blobs/:blobId', async (request, reply) => {
    // Whoever lets in holders of a signed address one day (embedding pages have no cookie here) does it in this one place.
    const { tenantId, userId } = await callerOf(request, 'media', dependencies);
    const { blobId } = request.params;
    const blob = isId(blobId) ? await blobs.read(tenantId, blobId) : null;
    if (!blob || !(await isShown(dependencies, tenantId, userId, blobId, blob)))
      throw new KithError('not_found');
    reply.headers({
      ...HARMLESS,
      'cache-control': 'private, max-age=31536000, immutable',
      // One browser may serve several people, one after the other.
      vary: 'cookie, authorization',
      etag: `"${blobId}"`,
      'content-disposition': `inline; filename="${blob.purpose}.${blob.mime.slice('image/'.length)}"`,
    });
    if (request.headers['if-none-match'] === `"${blobId}"`) return reply.code(304).send();
    return reply
      .type(blob.mime)
      .send(Buffer.from(blob.bytes.buffer, blob.bytes.byteOffset, blob.bytes.length));
  });

  // A scope of its own: only here is a body anything but JSON, and what its type says does not matter.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post('/v1/blobs', {
      bodyLimit: Math.max(...UploadPurpose.options.map((purpose) => blobBounds[purpose].bytes)),
      // Before the body is read: a stranger's, or one too large, is not worth the traffic.
      onRequest: async (request) => {
        request.caller = await callerOf(request, 'upload', dependencies);
        const purpose = purposeOf(request);
        if (request.caller.guest && purpose !== 'avatar') throw guestsMayNot();
        const { bytes } = blobBounds[purpose];
        if (Number(request.headers['content-length'] ?? 0) > bytes) throw new KithError('too_large');
      },
      handler: async (request, reply) => {
        const { caller, body } = request;
        if (!caller) throw new KithError('unauthenticated');
        if (!Buffer.isBuffer(body))
          throw new KithError('bad_input', { message: 'There is no image in the body.' });
        const info = await blobs.upload(caller, purposeOf(request), body);
        return reply.header('cache-control', 'no-store').send(info);
      },
    });
  });
}

/**
 * Somebody's picture is for those they let see it; pictures of groups, which people upload too, are for all. One that nothing
 * shows, yet or any more, is for whoever uploaded it.
 */
async function isShown(
  { services: { privacy, blobs } }: HttpDependencies,
  tenantId: number,
  userId: string,
  blobId: string,
  { purpose, owner_id: owner }: StoredBlob,
): Promise<boolean> {
  if (purpose !== 'avatar' || owner === null || owner === userId) return true;
  const facts = await privacy.facts(tenantId, owner);
  if (facts?.avatarId !== blobId) {
    // Facts may be older than the picture.
    const use = await blobs.avatarUse(tenantId, blobId);
    if (use !== 'person') return use === 'conversation';
  }
  return (await privacy.allowed(tenantId, owner, 'avatar', [userId])).has(userId);
}

function purposeOf({ query }: FastifyRequest): (typeof UploadPurpose)['options'][number] {
  const purpose = UploadPurpose.safeParse((query as { purpose?: unknown }).purpose);
  if (purpose.success) return purpose.data;
  const message = `must be one of ${UploadPurpose.options.join(', ')}`;
  throw new KithError('bad_input', { fields: [{ path: 'purpose', message }] });
}
