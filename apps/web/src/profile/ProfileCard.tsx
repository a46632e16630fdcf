/** Somebody, when their name or picture is pressed: who they are, and what can be done. */
import type { ConversationEntry } from '@kith/client';
import { MessageCircle, Pencil } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { glyphOf, nameOf, peerOf, useMyId, useUser } from '../app/people.ts';
import { navigate, openConversation } from '../app/route.ts';
import { useWatch } from '../app/watch.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { SharedRow } from '../media/shared/SharedRow.tsx';
import { Silence } from '../panels/Silence.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { AboutPerson } from './AboutPerson.tsx';
import { CommonGroups } from './CommonGroups.tsx';
import { closeCard } from './card.ts';
import { GuestSign } from './GuestSign.tsx';
import { PersonActions } from './PersonActions.tsx';
import './profile.css';

export default function ProfileCard({ userId }: { readonly userId: string }) {
  const client = useClient();
  const user = useUser(userId);
  const self = useMyId() === userId;
  useWatch([], self ? [] : [userId]);
  const direct = useDirect(userId);
  const name = nameOf(user) ?? '…';

  const write = (): void => {
    client.conversations.openDirect(userId).then(
      (conversationId) => {
        closeCard();
        openConversation(conversationId);
      },
      (error: unknown) => toastError(error, write),
    );
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(`@${user?.username ?? ''}`);
      toast(t('profile.usernameCopied'));
    } catch (error) {
      toastError(error);
    }
  };

  return (
    <Dialog open onClose={closeCard} title={t('profile.card')} size="s">
      <div className="kith-card">
        <Avatar id={userId} name={name} image={user?.avatar?.blobId} glyph={glyphOf(user)} size={96} />
        <h2>
          <bdi>{name}</bdi>
          <GuestSign user={user} />
        </h2>
        {user && (
          <button type="button" className="kith-card-username" onClick={() => void copy()}>
            {handleText(user.username)}
          </button>
        )}
        <AboutPerson userId={userId} self={self} />
        <div className="kith-card-actions">
          {self ? (
            <Button
              wide
              onClick={() => {
                closeCard();
                navigate({ left: 'settings' });
              }}
            >
              <Pencil size={18} strokeWidth={1.75} aria-hidden="true" />
              {t('profile.edit')}
            </Button>
          ) : (
            <>
              <Button kind="primary" wide disabled={user?.deleted} onClick={write}>
                <MessageCircle size={18} strokeWidth={1.75} aria-hidden="true" />
                {t('profile.message')}
              </Button>
              {direct && <SharedRow conversationId={direct.id} onOpen={closeCard} />}
              {direct && <Silence entry={direct} />}
              <PersonActions userId={userId} onReport={closeCard} />
            </>
          )}
        </div>
        {!self && <CommonGroups userId={userId} />}
      </div>
    </Dialog>
  );
}

/** The conversation of the two, if there is one. */
function useDirect(userId: string): ConversationEntry | undefined {
  const client = useClient();
  const myId = useMyId();
  const list = useReadable(client.conversations.list);
  const archive = useReadable(client.conversations.archive);
  const isTheirs = ({ conversation }: ConversationEntry): boolean => peerOf(conversation, myId) === userId;
  return userId === myId ? undefined : (list.find(isTheirs) ?? archive.find(isTheirs));
}
