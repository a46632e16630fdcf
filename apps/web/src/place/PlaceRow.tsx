/** The way from Settings to the place as a whole, for its owner and admins. */
import { Building2, ChevronRight } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { isAdmin } from '../invites/isAdmin.ts';
import '../security/security.css';

export function PlaceRow() {
  const me = useReadable(useClient().me);
  if (!isAdmin(me?.user.role)) return null;
  return (
    <button
      type="button"
      className="kith-person kith-security-row"
      onClick={() => navigate({ left: 'place' })}
    >
      <span className="kith-action-icon">
        <Building2 size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className="kith-person-lines">
        <span>{t('place.title')}</span>
        <small>{t('place.rowHint')}</small>
      </span>
      <ChevronRight className="kith-onward" size={18} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
