/** Who may come in, and the links that lead in: one's own, or for admins everybody's. */
import { UserPlus } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { back } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { PaneFrame } from '../panels/PaneFrame.tsx';
import { Button } from '../ui/Button.tsx';
import { GuestList } from './GuestList.tsx';
import { InviteList } from './InviteList.tsx';
import { openInvite } from './inviting.ts';
import { isAdmin } from './isAdmin.ts';
import { PolicySection } from './PolicySection.tsx';
import { useMayInvite } from './useMayInvite.ts';
import '../security/security.css';

export default function InvitesPane() {
  const me = useReadable(useClient().me);
  const may = useMayInvite();
  const admin = isAdmin(me?.user.role);
  return (
    <PaneFrame
      title={t('invites.title')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'settings' }) }}
    >
      {may && (
        <div className="kith-section">
          <div className="kith-security-body">
            <Button kind="primary" wide onClick={() => openInvite({ conversationId: null })}>
              <UserPlus size={18} strokeWidth={1.75} aria-hidden="true" />
              {t('invites.invitePeople')}
            </Button>
          </div>
        </div>
      )}
      <InviteList of={admin ? 'everyone' : 'me'} />
      <GuestList />
      {admin && <PolicySection />}
    </PaneFrame>
  );
}
