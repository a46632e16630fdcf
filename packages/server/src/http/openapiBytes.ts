/** The part of the OpenAPI document that is no command: bytes, in and out. */
import { BlobInfo, type ErrorCode } from '@kith/protocol';
import { UploadPurpose } from './blobRoutes.ts';
import type { SchemaBook } from './jsonSchemas.ts';
import { errorResponses, json, type Placed, SIGNED_IN } from './openapiParts.ts';

const COMMON: readonly ErrorCode[] = [
  'unauthenticated',
  'rate_limited',
  'unavailable',
  'draining',
  'internal',
];
const binary = { schema: { type: 'string', format: 'binary' } };
const id = (name: string) => ({
  name,
  in: 'path' as const,
  required: true,
  schema: { type: 'string', format: 'uuid' },
});

export function blobOperations(book: SchemaBook): Placed[] {
  const tags = ['Images'];
  return [
    {
      path: '/v1/blobs',
      method: 'post',
      operation: {
        operationId: 'uploadBlob',
        summary:
          'Keep a small image: PNG, JPEG, WebP or GIF, the bytes as they are. Its metadata is removed. What nothing uses within a day is forgotten.',
        tags,
        security: SIGNED_IN,
        parameters: [
          { name: 'purpose', in: 'query', required: true, schema: book.of(UploadPurpose, 'input') },
        ],
        requestBody: { required: true, content: { 'application/octet-stream': binary } },
        responses: {
          200: { description: 'Kept.', content: json(book.of(BlobInfo, 'output')) },
          ...errorResponses(book, [...COMMON, 'bad_input', 'forbidden', 'too_large', 'limit_reached']),
        },
      },
    },
    {
      path: '/v1/blobs/{blobId}',
      method: 'get',
      operation: {
        operationId: 'readBlob',
        summary: 'An image. It never changes.',
        tags,
        security: SIGNED_IN,
        parameters: [id('blobId')],
        responses: {
          200: { description: 'The image.', content: { 'image/*': binary } },
          ...errorResponses(book, [...COMMON, 'not_found']),
        },
      },
    },
  ];
}

/** Uploads speak tus: what stands here is what a reader needs to find its way to tus.io. */
export function fileOperations(book: SchemaBook): Placed[] {
  const tags = ['Files'];
  const upload = { tags, security: SIGNED_IN };
  const at = '/v1/uploads/{fileId}';
  return [
    {
      path: '/v1/uploads',
      method: 'post',
      operation: {
        ...upload,
        operationId: 'createUpload',
        summary:
          'Begin an upload by tus 1.0: `Upload-Length`, and in `Upload-Metadata` the `id` (a UUIDv7 of yours), and `filetype`, `conversationId`, `opaque`. The same again goes on (M1).',
        responses: {
          201: { description: 'Begun; `Location` says where.' },
          ...errorResponses(book, [
            ...COMMON,
            'bad_input',
            'forbidden',
            'conflict',
            'too_large',
            'limit_reached',
            'file_refused',
          ]),
        },
      },
    },
    {
      path: at,
      method: 'head',
      operation: {
        ...upload,
        operationId: 'headUpload',
        summary: 'How far an upload has come: `Upload-Offset`.',
        parameters: [id('fileId')],
        responses: { 200: { description: 'So far.' }, ...errorResponses(book, [...COMMON, 'not_found']) },
      },
    },
    {
      path: at,
      method: 'patch',
      operation: {
        ...upload,
        operationId: 'patchUpload',
        summary: 'Bytes from `Upload-Offset` on. What comes before the line drops is kept.',
        parameters: [id('fileId')],
        requestBody: { required: true, content: { 'application/offset+octet-stream': binary } },
        responses: {
          204: { description: 'Kept up to `Upload-Offset`.' },
          423: { description: 'Another request for it does not end.' },
          ...errorResponses(book, [...COMMON, 'not_found', 'conflict', 'too_large', 'storage_full']),
        },
      },
    },
    {
      path: at,
      method: 'delete',
      operation: {
        ...upload,
        operationId: 'deleteUpload',
        summary: 'Give up an upload that no message has.',
        parameters: [id('fileId')],
        responses: { 204: { description: 'Gone.' }, ...errorResponses(book, [...COMMON, 'not_found']) },
      },
    },
    {
      path: '/v1/conversations/{conversationId}/messages/{messageId}/files/{fileId}',
      method: 'get',
      operation: {
        operationId: 'readFile',
        summary: 'A file of a message, or a part of it (`Range`). It never changes.',
        tags,
        // Or an address that `linkFile` told.
        security: [...SIGNED_IN, {}],
        parameters: [
          id('conversationId'),
          id('messageId'),
          id('fileId'),
          {
            name: 'download',
            in: 'query',
            required: false,
            schema: { type: 'string' },
            description: 'To be saved under its name.',
          },
        ],
        responses: {
          200: { description: 'The file.', content: { '*/*': binary } },
          206: { description: 'The part.', content: { '*/*': binary } },
          302: { description: 'It is to be had from the store, by this address.' },
          416: { description: 'There is no such part.' },
          ...errorResponses(book, [...COMMON, 'forbidden', 'not_found']),
        },
      },
    },
  ];
}
