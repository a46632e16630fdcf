/** The way from Settings to invitations, for who may make them or decides who may come in. */
import { ChevronRight, UserPlus } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { isAdmin } from './isAdmin.ts';
import { useMayInvite } from './useMayInvite.ts';
import '../security/security.css';

export function InvitesRow() {
  const me = useReadable(useClient().me);
  const may = useMayInvite();
  const admin = isAdmin(me?.user.role);
  if (!may && !admin) return null;
  return (
    <button
      type="button"
      className="kith-person kith-security-row"
      onClick={() => navigate({ left: 'invites' })}
    >
      <span className="kith-action-icon">
        <UserPlus size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className="kith-person-lines">
        <span>{t('invites.title')}</span>
        <small>{t(admin ? 'invites.rowAdmin' : 'invites.rowHint')}</small>
      </span>
      <ChevronRight className="kith-onward" size={18} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
