/** What keeps the account one's own, in one place: how one signs in, where one is signed in, and what happened. */
import { useState } from 'react';
import { back } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { PaneFrame } from '../panels/PaneFrame.tsx';
import { Activity } from './Activity.tsx';
import { DeletionSection } from './DeletionSection.tsx';
import { EmailSection } from './EmailSection.tsx';
import { FactorSections } from './FactorSections.tsx';
import { LinksSection } from './LinksSection.tsx';
import { PasswordSection } from './PasswordSection.tsx';
import { PhoneSection } from './PhoneSection.tsx';
import { Sessions } from './Sessions.tsx';
import { useAccount } from './useAccount.ts';
import './security.css';

export function SecurityPane() {
  const [state, reload] = useAccount();
  // What is changed in one part shows in the others.
  const [version, setVersion] = useState(0);
  const handleChange = (): void => setVersion((before) => before + 1);
  return (
    <PaneFrame
      title={t('security.title')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'settings' }) }}
    >
      <EmailSection
        state={state}
        reload={reload}
        onChange={() => {
          reload();
          handleChange();
        }}
      />
      <PasswordSection email={state.type === 'known' ? state.account.email : null} onChange={handleChange} />
      <PhoneSection onChange={handleChange} />
      <LinksSection version={version} onChange={handleChange} />
      <FactorSections onChange={handleChange} />
      <Sessions version={version} onChange={handleChange} />
      <Activity version={version} />
      <DeletionSection />
    </PaneFrame>
  );
}
