/** How somebody is and what they say of themselves: presence, status, words. On their card and in the details of a conversation. */
import { usePresence, useUser } from '../app/people.ts';
import { lastSeen } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { untilText, useStatus } from './status.ts';
import './profile.css';

export function AboutPerson({
  userId,
  self = false,
}: {
  readonly userId: string | null;
  /** One's own presence is no news. */
  readonly self?: boolean;
}) {
  const user = useUser(userId);
  const presence = usePresence(self ? null : userId);
  const status = useStatus(user);
  const until = status && untilText(status);
  const seen = presence?.lastSeenAt && lastSeen(Date.parse(presence.lastSeenAt));
  return (
    <>
      {presence && (
        <p className="kith-card-presence" data-presence={presence.state}>
          {(presence.state === 'offline' && seen) || t(`presence.${presence.state}`)}
        </p>
      )}
      {status && (
        <p className="kith-card-status">
          {status.emoji && <span className="kith-status-emoji">{status.emoji}</span>}
          <span dir="auto">{status.text}</span>
          {until && <small>{until}</small>}
        </p>
      )}
      {user?.bio && (
        <p className="kith-card-bio" dir="auto">
          {user.bio}
        </p>
      )}
    </>
  );
}
