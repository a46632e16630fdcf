/** What holds where a person has not chosen. Without zod, for clients that want to stay small. */
import type { Preference, SettingsGroups } from './own.ts';

export const defaultPreference: Preference = {
  archivedSeq: null,
  pinned: null,
  mutedUntil: null,
  level: null,
  markedUnread: false,
};

/** Until when somebody mutes who does not say until when. */
export const forever = '9999-12-31T00:00:00.000Z';

export const defaultSettings: SettingsGroups = {
  notifications: { direct: 'all', group: 'all', channel: 'all', quietHours: null },
  privacy: { lastSeen: 'everyone', receipts: true, avatar: 'everyone', groups: 'everyone' },
};
