/** Whether a message may make a sound or a notice. Pure: time, settings and preferences are given. */
import type { MessageRecord, NotificationLevel, QuietHours, SettingsGroups } from '@kith/protocol';
import { inMainLine } from './store/heads.ts';
import type { ConversationEntry } from './types.ts';

/** What is asked of a conversation. */
export type NotifiedEntry = Pick<ConversationEntry, 'preference' | 'conversation' | 'membership' | 'request'>;

/** As the person set it for this conversation, else as usual for its kind. */
export const levelOf = (
  { preference, conversation }: Pick<NotifiedEntry, 'preference' | 'conversation'>,
  { notifications }: Pick<SettingsGroups, 'notifications'>,
): NotificationLevel => preference.level ?? notifications[conversation.kind];

/**
 * Of what a notice would tell; null: of nothing. What is muted, and quiet hours, are silent about mentions too. `now`: ms
 * since the epoch. `follows`: whether this person follows the thread that the message is in.
 */
export function mayNotify(
  message: MessageRecord,
  entry: NotifiedEntry,
  settings: Pick<SettingsGroups, 'notifications'>,
  now: number,
  follows = false,
): 'message' | 'mention' | null {
  const { preference, membership } = entry;
  if (message.authorId === membership.userId || message.body.type !== 'content') return null;
  // Strangers ring at nobody's door.
  if (entry.request) return null;
  const { mutedUntil } = preference;
  if (mutedUntil !== null && Date.parse(mutedUntil) > now) return null;
  const { quietHours } = settings.notifications;
  if (quietHours && isQuiet(quietHours, now)) return null;
  const level = levelOf(entry, settings);
  if (level === 'none') return null;
  if (message.mentionsAll || message.mentions?.includes(membership.userId)) return 'mention';
  return level === 'all' && (follows || inMainLine(message)) ? 'message' : null;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Whether it is quiet now, by the clock of the zone. Equal ends: all day. */
export function isQuiet({ from, to, days, timeZone }: QuietHours, now: number): boolean {
  const { day, time } = clockIn(timeZone, now);
  if (from < to) return days.includes(day) && time >= from && time < to;
  // Past midnight: the night belongs to the day on which it began.
  return (days.includes(day) && time >= from) || (days.includes((day + 6) % 7) && time < to);
}

/** Making one costs more than asking it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function clockIn(timeZone: string, at: number): { readonly day: number; readonly time: string } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    day: DAYS.indexOf(parts.get('weekday') ?? ''),
    time: `${parts.get('hour')}:${parts.get('minute')}`,
  };
}
