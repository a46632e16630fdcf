/** A person as a card: who it is, how to reach them, and for people of this place a way to write to them. */
import type { ContactAttachment } from '@kith/protocol';
import { useClient } from '../app/client.tsx';
import { nameOf, useMyId, useUser } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { useRun } from '../ui/useRun.ts';
import type { AttachmentViewProps } from './views.tsx';

export default function ContactView({ attachment, end }: AttachmentViewProps<ContactAttachment>) {
  const { conversations } = useClient();
  const myId = useMyId();
  const user = useUser(attachment.userId ?? null);
  const [busy, run] = useRun();
  const { userId, phone, email } = attachment;
  const name = nameOf(user) ?? attachment.name;
  return (
    <div className="kith-contact">
      <div className="kith-contact-card">
        <Avatar id={userId ?? attachment.name} name={name} image={user?.avatar?.blobId} size={44} />
        <span className="kith-place-lines">
          <span className="kith-place-name" dir="auto">
            {name}
          </span>
          {user && (
            <span className="kith-place-at" dir="ltr">
              @{user.username}
            </span>
          )}
          {phone && (
            <a href={`tel:${phone.replace(/[^+0-9]/g, '')}`} dir="ltr">
              {phone}
            </a>
          )}
          {email && (
            <a href={`mailto:${encodeURIComponent(email).replace('%40', '@')}`} dir="ltr">
              {email}
            </a>
          )}
        </span>
      </div>
      {user && user.id !== myId && (
        <Button
          wide
          busy={busy}
          onClick={() => run(async () => openConversation(await conversations.openDirect(user.id)))}
        >
          {t('contact.message')}
        </Button>
      )}
      {end}
    </div>
  );
}
