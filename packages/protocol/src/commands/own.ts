import { z } from 'zod';
import { Content } from '../content.ts';
import { limits } from '../limits.ts';
import {
  BlockRecord,
  DraftRecord,
  FolderChange,
  FolderRecord,
  HiddenRecord,
  NotificationLevel,
  PreferenceRecord,
  ReminderRecord,
  RequestRecord,
  ScheduledRecord,
  UserChange,
} from '../own.ts';
import { Id, PageSize, Rev, Seq, Text, Time } from '../scalars.ts';
import { command } from './command.ts';

/** What belongs to the person who asks (S5). */
export const ownCommands = {
  getMyChanges: command({
    summary:
      'What changed of one’s own things after `since`, in order of `rev` (S5). Ask again from `rev` while `more`. `reset`: not everything since then is known any more; forget all, and begin at 0. A walk that began at 0 gives the `head` of its first page back as `begun`.',
    input: z.strictObject({ since: Rev, begun: Rev.optional(), limit: PageSize }),
    output: z.object({
      records: z.array(UserChange),
      rev: Rev,
      head: Rev,
      more: z.boolean(),
      reset: z.boolean(),
    }),
    errors: [],
    http: { method: 'GET', path: '/me/changes' },
    rate: 'read',
  }),
  setPreference: command({
    summary:
      'How one keeps a conversation: archived, pinned, muted, what is notified. What is not given stays.',
    input: z.strictObject({
      conversationId: Id,
      archivedSeq: Seq.nullable().optional(),
      pinned: z.number().min(0).nullable().optional(),
      mutedUntil: Time.nullable().optional(),
      level: NotificationLevel.nullable().optional(),
      markedUnread: z.boolean().optional(),
    }),
    output: z.object({ record: PreferenceRecord }),
    errors: ['not_found', 'forbidden', 'limit_reached'],
    http: { method: 'PATCH', path: '/me/preferences/{conversationId}' },
    rate: 'write',
  }),
  setBlocked: command({
    summary:
      'Block somebody, or no longer. Who is blocked is not told; what they try is refused as if one let nobody do it. Neither writes into the direct conversation while one of the two blocks the other.',
    input: z.strictObject({ userId: Id, blocked: z.boolean() }),
    output: z.object({ record: BlockRecord }),
    errors: ['not_found', 'forbidden', 'limit_reached'],
    http: { method: 'PUT', path: '/me/blocks/{userId}' },
    rate: 'write',
  }),
  acceptRequest: command({
    summary:
      'Accept what a stranger wrote: the conversation is one like others from then on. So does whoever writes or reacts in it.',
    input: z.strictObject({ conversationId: Id }),
    output: z.object({ record: RequestRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'PUT', path: '/me/requests/{conversationId}' },
    rate: 'write',
  }),
  declineRequest: command({
    summary:
      'Put what a stranger wrote out of sight, on all devices, with whatever they write later. They are told nothing; it may be accepted still.',
    input: z.strictObject({ conversationId: Id }),
    output: z.object({ record: RequestRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: '/me/requests/{conversationId}' },
    rate: 'write',
  }),
  setFolder: command({
    summary:
      'Make a folder of the list, under an id of one’s own making and with a name; change it, what is not given stays; or remove it. A change of one that was removed elsewhere does not bring it back.',
    input: z.strictObject({ folderId: Id, ...FolderChange.shape }),
    output: z.object({ record: FolderRecord }),
    errors: ['limit_reached'],
    http: { method: 'PATCH', path: '/me/folders/{folderId}' },
    rate: 'write',
  }),
  hideMessages: command({
    summary:
      'Remove messages from one’s own view, on all devices; others keep them. `show` brings some back. By their places, `seq`; in a conversation one is in.',
    input: z.strictObject({
      conversationId: Id,
      hide: z.array(Seq.min(1)).max(limits.hideAtOnce).optional(),
      show: z.array(Seq.min(1)).max(limits.hideAtOnce).optional(),
    }),
    output: z.object({ record: HiddenRecord }),
    errors: ['not_found', 'forbidden', 'bad_input', 'limit_reached'],
    http: { method: 'PATCH', path: '/me/hidden/{conversationId}' },
    rate: 'write',
  }),
  saveDraft: command({
    summary:
      'Keep what was begun in a conversation, or with `thread` in the thread of that root, for one’s other devices; an empty text removes it. Of two devices the later one is right: an older draft than the one kept changes nothing.',
    input: z.strictObject({
      conversationId: Id,
      thread: Id.optional(),
      text: Text(limits.draftLength),
      replyTo: Id.optional(),
      at: Time,
    }),
    output: z.object({ record: DraftRecord }),
    errors: ['not_found', 'forbidden', 'limit_reached'],
    http: { method: 'PUT', path: '/me/drafts/{conversationId}' },
    rate: 'write',
  }),
  scheduleMessage: command({
    summary:
      'Send a message at a time that lies ahead, a year at most; with `thread` into the thread of that root, as sending does. `messageId` is the id that it will have (S7): it is sent once. When it cannot be sent then, it stays and says why.',
    input: z
      .strictObject({
        conversationId: Id,
        messageId: Id,
        content: Content,
        replyTo: Id.optional(),
        thread: Id.optional(),
        alsoSend: z.literal(true).optional(),
        at: Time,
      })
      .refine((input) => input.thread !== undefined || input.alsoSend === undefined, {
        message: 'belongs to a thread',
        path: ['alsoSend'],
      }),
    output: z.object({ record: ScheduledRecord }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached', 'file_refused', 'not_ready', 'too_large'],
    http: { method: 'POST', path: '/me/scheduled' },
    rate: 'write',
  }),
  updateScheduled: command({
    summary: 'Change the text or the time of a message that waits. What is not given stays.',
    input: z.strictObject({ messageId: Id, content: Content.optional(), at: Time.optional() }),
    output: z.object({ record: ScheduledRecord }),
    errors: ['not_found', 'forbidden', 'limit_reached'],
    http: { method: 'PATCH', path: '/me/scheduled/{messageId}' },
    rate: 'write',
  }),
  cancelScheduled: command({
    summary: 'Do not send it. What was sent already stays sent.',
    input: z.strictObject({ messageId: Id }),
    output: z.object({ record: ScheduledRecord }),
    errors: [],
    http: { method: 'DELETE', path: '/me/scheduled/{messageId}' },
    rate: 'write',
  }),
  sendScheduledNow: command({
    summary: 'Send it without waiting for its time.',
    input: z.strictObject({ messageId: Id }),
    output: z.object({ record: ScheduledRecord }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'POST', path: '/me/scheduled/{messageId}/send' },
    rate: 'send',
  }),
  setReminder: command({
    summary:
      'Come back to a message at a time that lies ahead, a year at most; null: it is done. When the time comes, the record is told again as `due`.',
    input: z.strictObject({ conversationId: Id, messageId: Id, at: Time.nullable() }),
    output: z.object({ record: ReminderRecord }),
    errors: ['not_found', 'forbidden', 'limit_reached'],
    http: { method: 'PUT', path: '/me/reminders/{messageId}' },
    rate: 'write',
  }),
} as const;
