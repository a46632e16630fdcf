/**
 * What belongs to one person alone and is the same on all their devices (S5): records by type and key, each with the
 * person's `rev` of its last change. A removed one has the value null.
 */
import { z } from 'zod';
import { Content } from './content.ts';
import { errorCodes } from './errors.ts';
import { limits } from './limits.ts';
import { PresenceSetting, User } from './records.ts';
import { ClockTime, Id, Rev, Seq, Text, Time, TimeZone } from './scalars.ts';

const own = <T extends string, V extends z.ZodType>(type: T, value: V) =>
  z.object({ type: z.literal(type), key: z.string(), rev: Rev, value: value.nullable() });

export const NotificationLevel = z.enum(['all', 'mentions', 'none']);

/** No sound and no notice from `from` to `to`, by the clock of `timeZone`; past midnight when `to` is the earlier one. */
export const QuietHours = z.object({
  from: ClockTime,
  to: ClockTime,
  /** On which they begin: 0 Sunday to 6 Saturday. */
  days: z.array(z.int().min(0).max(6)).min(1).max(7),
  timeZone: TimeZone,
});

/** What is notified where nothing else is said, by kind of conversation; and when nothing is. */
export const NotificationSettings = z.object({
  direct: NotificationLevel,
  group: NotificationLevel,
  channel: NotificationLevel,
  quietHours: QuietHours.nullable(),
});

/** Who: everybody of the tenant; those one shares a group or private channel with, or has lately written to; nobody. */
export const Audience = z.enum(['everyone', 'contacts', 'nobody']);

export const PrivacySettings = z.object({
  /** Who sees whether one is online, and when last. */
  lastSeen: Audience,
  /** Off: nobody is told how far one has read, nor is one told of others. Delivered marks stay. */
  receipts: z.boolean(),
  /** Who is given one's picture. */
  avatar: Audience,
  /** Who may add one to groups and channels. */
  groups: Audience,
});

/** Kept together; `updateSettings` takes parts of each group. Absent ones: as `defaultSettings`. */
export const SettingsRecord = z.object({
  type: z.literal('settings'),
  rev: Rev,
  presence: PresenceSetting,
  notifications: NotificationSettings,
  privacy: PrivacySettings,
});
/** A person as others see them, for their own other devices. */
export const ProfileRecord = z.object({ type: z.literal('profile'), rev: Rev, user: User });

/** How a person keeps a conversation. Absent: as `defaultPreference`. */
export const Preference = z.object({
  /**
   * In the archive, while nothing newer than this place has come, or it is muted; null: not. As a place, so that a message
   * that a device did not know of when it archived brings the conversation back all the same.
   */
  archivedSeq: Seq.nullable(),
  /** Place among the pinned ones, the greatest on top; null: not pinned. */
  pinned: z.number().nullable(),
  /** No sound and no notice until then; `forever` lies in the year 9999. */
  mutedUntil: Time.nullable(),
  /** Null: as usual for its kind. */
  level: NotificationLevel.nullable(),
  /** Shown as unread until it is opened. */
  markedUnread: z.boolean(),
});

/** What was begun in a conversation or a thread and not sent. */
export const SavedDraft = z.object({
  /** As it would be sent: mentions as in mentions.ts. May be longer than a message may be, as it may yet be shortened. */
  text: Text(limits.draftLength, 1),
  replyTo: Id.optional(),
  /** Of a thread: the conversation it is in. The key is its root then. */
  conversationId: Id.optional(),
  /** When it was written, by the device's clock, and never ahead of the server's: the latest stays. */
  at: Time,
});

/** A message that the server sends at its time. */
export const ScheduledMessage = z.object({
  conversationId: Id,
  content: Content,
  replyTo: Id.optional(),
  /** The root of the thread it goes to; `alsoSend`: to the main line too. */
  thread: Id.optional(),
  alsoSend: z.literal(true).optional(),
  at: Time,
  /** Why it could not be sent then; it stays, and is not tried again by itself. */
  failed: z.object({ code: z.enum(errorCodes), at: Time }).optional(),
});

/** A message to come back to. */
export const Reminder = z.object({
  conversationId: Id,
  messageId: Id,
  /** Its place. */
  seq: Seq,
  at: Time,
  /** The time has come: shown until it is done or put off. */
  due: z.literal(true).optional(),
});

/** Conversations of the list that stand together: by rule, and by hand, which goes before the rule. */
export const Folder = z.object({
  name: Text(limits.folderNameLength, 1),
  /** Shown before the name. */
  emoji: Text(limits.emojiLength, 1).nullable(),
  /** The smallest first. */
  place: z.number(),
  /** All of these kinds; none: only what is put in by hand. */
  kinds: z.array(z.enum(['direct', 'group', 'channel'])).max(3),
  /** Of them only those with something unread, not muted, not archived. */
  unread: z.boolean(),
  unmuted: z.boolean(),
  unarchived: z.boolean(),
  /** Always in it, and never. */
  included: z.array(Id).max(limits.folderEntries),
  excluded: z.array(Id).max(limits.folderEntries),
});

/** What is not given stays. */
export const FolderChange = Folder.partial().extend({ removed: z.literal(true).optional() });

/** Messages of a conversation that one removed from one's own view: both ends of each stretch of places. See hidden.ts. */
export const Hidden = z.object({
  ranges: z
    .array(z.tuple([Seq, Seq]))
    .min(1)
    .max(limits.hiddenRanges),
});

/** By a person's id: they cannot write to one directly, add one to groups, or see one's presence, status and picture. */
export const BlockRecord = own('block', z.object({ at: Time }));

/** A direct conversation that a stranger began and one has not accepted: it stands apart. See [SPEC](../SPEC.md), A25. */
export const MessageRequest = z.object({
  /** Whose. */
  by: Id,
  at: Time,
  /** Out of sight, with whatever comes later; who wrote is told nothing. */
  declined: z.literal(true).optional(),
});

/** By conversation; a draft in a thread by its root. */
export const PreferenceRecord = own('preference', Preference);
export const DraftRecord = own('draft', SavedDraft);
/** By an id that the client makes. */
export const FolderRecord = own('folder', Folder);
export const HiddenRecord = own('hidden', Hidden);
export const RequestRecord = own('request', MessageRequest);
/** By message: the id that the sent one will have, and the one that is reminded of. */
export const ScheduledRecord = own('scheduled', ScheduledMessage);
export const ReminderRecord = own('reminder', Reminder);

export const OwnRecord = z.discriminatedUnion('type', [
  PreferenceRecord,
  DraftRecord,
  ScheduledRecord,
  ReminderRecord,
  BlockRecord,
  HiddenRecord,
  FolderRecord,
  RequestRecord,
]);
export const UserChange = z.discriminatedUnion('type', [SettingsRecord, ProfileRecord, ...OwnRecord.options]);

/** So many of each a person may have. */
export const ownLimits = {
  preference: limits.ownPreferences,
  draft: limits.ownDrafts,
  scheduled: limits.scheduledMessages,
  reminder: limits.reminders,
  block: limits.ownBlocks,
  hidden: limits.ownHidden,
  folder: limits.folders,
  request: limits.ownRequests,
} as const satisfies Record<OwnRecord['type'], number>;

export type SettingsRecord = z.output<typeof SettingsRecord>;
/** The groups of settings that are kept beside the presence. */
export type SettingsGroups = Omit<SettingsRecord, 'type' | 'rev' | 'presence'>;
export type NotificationSettings = z.output<typeof NotificationSettings>;
export type Audience = z.output<typeof Audience>;
export type PrivacySettings = z.output<typeof PrivacySettings>;
export type QuietHours = z.output<typeof QuietHours>;
export type ProfileRecord = z.output<typeof ProfileRecord>;
export type NotificationLevel = z.output<typeof NotificationLevel>;
export type Preference = z.output<typeof Preference>;
export type SavedDraft = z.output<typeof SavedDraft>;
export type ScheduledMessage = z.output<typeof ScheduledMessage>;
export type Reminder = z.output<typeof Reminder>;
export type Folder = z.output<typeof Folder>;
export type FolderChange = z.output<typeof FolderChange>;
export type MessageRequest = z.output<typeof MessageRequest>;
export type Hidden = z.output<typeof Hidden>;
export type OwnRecord = z.output<typeof OwnRecord>;
export type OwnType = OwnRecord['type'];
export type OwnRecordOf<T extends OwnType> = Extract<OwnRecord, { type: T }>;
export type OwnValue<T extends OwnType> = NonNullable<OwnRecordOf<T>['value']>;
export type UserChange = z.output<typeof UserChange>;
