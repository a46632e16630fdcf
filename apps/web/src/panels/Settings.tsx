import type { PresenceSetting } from '@kith/protocol';
import { Keyboard, LogOut } from 'lucide-react';
import { useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { pointerFine, useMedia } from '../app/media.ts';
import { useIsGuest } from '../app/people.ts';
import { back } from '../app/route.ts';
import { leave } from '../app/session.ts';
import { openSheet } from '../app/sheet.ts';
import { FoldersSection } from '../folders/FoldersSection.tsx';
import { t } from '../i18n/index.ts';
import { InvitesRow } from '../invites/InvitesRow.tsx';
import { PlaceRow } from '../place/PlaceRow.tsx';
import { PrivacySection } from '../profile/PrivacySection.tsx';
import { Profile } from '../profile/Profile.tsx';
import { SecurityRow } from '../security/SecurityRow.tsx';
import { Button } from '../ui/Button.tsx';
import { Choice, Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { toastError } from '../ui/toast.ts';
import { AppearanceSection } from './AppearanceSection.tsx';
import { EmojiSection } from './EmojiSection.tsx';
import { GuestSection } from './GuestSection.tsx';
import { LanguageSection } from './LanguageSection.tsx';
import { NotificationSection } from './NotificationSection.tsx';
import { PaneFrame } from './PaneFrame.tsx';
import { StorageSection } from './StorageSection.tsx';

export function Settings() {
  const keyboard = useMedia(pointerFine);
  const isGuest = useIsGuest();
  return (
    <PaneFrame
      title={t('settings.title')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'chats' }) }}
    >
      <Profile />
      {isGuest ? (
        <GuestSection />
      ) : (
        <>
          <SecurityRow />
          <InvitesRow />
          <PlaceRow />
        </>
      )}
      <PresenceSection />
      <NotificationSection />
      <PrivacySection />
      <FoldersSection />
      <AppearanceSection />
      <LanguageSection />
      <EmojiSection />
      <StorageSection />
      {keyboard && (
        <Section title={t('settings.keyboard')}>
          <Button wide onClick={openSheet}>
            <Keyboard size={18} strokeWidth={1.75} aria-hidden="true" />
            {t('settings.shortcuts')}
          </Button>
        </Section>
      )}
      <SignOut />
    </PaneFrame>
  );
}

function SignOut() {
  const client = useClient();
  const isGuest = useIsGuest();
  const [asking, setAsking] = useState(false);
  const press = (): void => {
    // Nothing stays on this device, so what has not left it would be gone; and a guest has no way back.
    if (isGuest || client.messages.unsentIn().length > 0) setAsking(true);
    else void leave(client);
  };
  return (
    <div className="kith-section">
      <Button kind="danger-quiet" wide onClick={press}>
        <LogOut size={18} strokeWidth={1.75} aria-hidden="true" />
        {t('settings.signOut')}
      </Button>
      {asking && (
        <Confirm
          title={t(isGuest ? 'guest.signOutTitle' : 'settings.unsentTitle')}
          text={t(isGuest ? 'guest.signOutText' : 'settings.unsentText')}
          verb={t(isGuest ? 'settings.signOut' : 'settings.signOutAnd')}
          onConfirm={() => leave(client)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function PresenceSection() {
  const client = useClient();
  const me = useReadable(client.me);
  if (!me) return null;
  const set = (presence: PresenceSetting): void => {
    client.updateSettings({ presence }).catch((error: unknown) => toastError(error, () => set(presence)));
  };
  return (
    <Section title={t('settings.presence')}>
      <Choice
        legend={t('settings.presence.legend')}
        value={me.settings.presence}
        onChange={set}
        options={[
          {
            value: 'auto',
            label: t('settings.presence.auto'),
            hint: t('settings.presence.autoHint'),
          },
          { value: 'away', label: t('settings.presence.away') },
          {
            value: 'invisible',
            label: t('settings.presence.invisible'),
            hint: t('settings.presence.invisibleHint'),
          },
        ]}
      />
    </Section>
  );
}
