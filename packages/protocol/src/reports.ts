/** What people tell those who run the place of: a copy of what they saw goes along, so that nothing can be undone meanwhile. */
import { z } from 'zod';
import { limits } from './limits.ts';
import { ConversationRecord, MessageRecord, User } from './records.ts';
import { Id, Lines, Time } from './scalars.ts';

export const ReportReason = z.enum(['spam', 'abuse', 'violence', 'sexual', 'illegal', 'other']);

export const ReportAbout = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('messages'),
    conversationId: Id,
    messageIds: z.array(Id).min(1).max(limits.reportMessages),
  }),
  z.strictObject({ type: z.literal('person'), userId: Id }),
  z.strictObject({ type: z.literal('conversation'), conversationId: Id }),
]);

export const ReportInput = z.strictObject({
  reportId: Id,
  about: ReportAbout,
  reason: ReportReason,
  words: Lines(limits.reportLength).default(''),
});

export const Report = z.object({
  id: Id,
  by: Id,
  at: Time,
  about: ReportAbout,
  reason: ReportReason,
  words: z.string(),
  /** As it was when it was reported. */
  seen: z.object({
    messages: z.array(MessageRecord).optional(),
    conversation: ConversationRecord.optional(),
    users: z.array(User),
  }),
});

export type ReportReason = z.output<typeof ReportReason>;
export type ReportAbout = z.output<typeof ReportAbout>;
export type Report = z.output<typeof Report>;
