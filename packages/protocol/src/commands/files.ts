import { z } from 'zod';
import { SharedKind, Transcoding, UploadLimits, UploadState } from '../files.ts';
import { limits } from '../limits.ts';
import { MessageRecord, User } from '../records.ts';
import { Cursor, Id, PageSize, Rev, Time } from '../scalars.ts';
import { command } from './command.ts';

export const fileCommands = {
  getUploads: command({
    summary: 'How uploads of one’s own stand; those that are not there (any more) are left out.',
    input: z.strictObject({ fileIds: z.array(Id).min(1).max(limits.lookup) }),
    output: z.object({ uploads: z.array(UploadState) }),
    errors: [],
    http: { method: 'GET', path: '/uploads' },
    rate: 'read',
  }),
  getUploadLimits: command({
    summary: 'What one may upload, and how much room is left; in a conversation what is taken there.',
    input: z.strictObject({ conversationId: Id.optional() }),
    output: UploadLimits,
    errors: ['not_found'],
    http: { method: 'GET', path: '/upload-limits' },
    rate: 'read',
  }),
  linkFile: command({
    summary:
      'An address of a message’s file that needs no cookie and no token: for a few minutes, and only as long as the caller may see the message.',
    input: z.strictObject({ conversationId: Id, messageId: Id, fileId: Id }),
    output: z.object({ path: z.string(), expiresAt: Time }),
    errors: ['not_found', 'forbidden'],
    http: {
      method: 'POST',
      path: '/conversations/{conversationId}/messages/{messageId}/files/{fileId}/link',
    },
    rate: 'media',
  }),
  getTranscoding: command({
    summary: 'How far a form of a message’s film is that every browser plays (M7).',
    input: z.strictObject({ conversationId: Id, messageId: Id, fileId: Id }),
    output: Transcoding,
    errors: ['not_found', 'forbidden'],
    http: {
      method: 'GET',
      path: '/conversations/{conversationId}/messages/{messageId}/files/{fileId}/transcoding',
    },
    rate: 'read',
  }),
  listShared: command({
    summary:
      'Messages of a conversation with pictures, recordings or files in them, newest first; in threads too.',
    input: z.strictObject({
      conversationId: Id,
      kind: SharedKind,
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: z.object({
      messages: z.array(MessageRecord),
      users: z.array(User),
      next: Cursor.nullable(),
      rev: Rev,
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/shared/{kind}' },
    rate: 'read',
  }),
} as const;
