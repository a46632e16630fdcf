import type { User } from '@kith/protocol';
import { t } from '../i18n/index.ts';

/** After the name of somebody who is here for some time, and whom nobody but a link vouches for. */
export function GuestSign({ user }: { readonly user: User | undefined }) {
  if (user?.role !== 'guest' || user.deleted) return null;
  return <span className="kith-guest">{t('guest.badge')}</span>;
}
