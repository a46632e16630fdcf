/** The way from Settings to the account, with a dot where something is left to do. */
import { ChevronRight, ShieldCheck } from 'lucide-react';
import { navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { isUnproven, useAccount } from './useAccount.ts';
import './security.css';

export function SecurityRow() {
  const [state] = useAccount();
  const unproven = isUnproven(state);
  return (
    <button
      type="button"
      className="kith-person kith-security-row"
      onClick={() => navigate({ left: 'security' })}
    >
      <span className="kith-action-icon">
        <ShieldCheck size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className="kith-person-lines">
        <span>{t('security.title')}</span>
        <small>{unproven ? t('security.rowUnverified') : t('security.rowHint')}</small>
      </span>
      {unproven && <span className="kith-dot" />}
      <ChevronRight className="kith-onward" size={18} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
