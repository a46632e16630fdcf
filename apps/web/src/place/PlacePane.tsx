/** The place as a whole: what its owner decides, and what its admins look after. */
import { ChevronRight, History, UserPlus } from 'lucide-react';
import { useClient, useReadable } from '../app/client.tsx';
import { back, navigate } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { PaneFrame } from '../panels/PaneFrame.tsx';
import { GhostRows } from '../panels/PeopleRows.tsx';
import { TenantFactor } from '../security/TenantFactor.tsx';
import { Section } from '../ui/Choice.tsx';
import { FeatureSections } from './FeatureSections.tsx';
import { KeySection } from './KeySection.tsx';
import { NameSection } from './NameSection.tsx';
import { OriginSection } from './OriginSection.tsx';
import { PlacePeople } from './PlacePeople.tsx';
import { type PlaceInHand, usePlace } from './usePlace.ts';
import '../security/security.css';
import './place.css';

export default function PlacePane() {
  const me = useReadable(useClient().me);
  const hand = usePlace();
  const isOwner = me?.user.role === 'owner';
  return (
    <PaneFrame
      title={t('place.title')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'settings' }) }}
    >
      <Parts hand={hand} isOwner={isOwner} />
    </PaneFrame>
  );
}

function Parts({ hand, isOwner }: { readonly hand: PlaceInHand; readonly isOwner: boolean }) {
  const { state, reload, change } = hand;
  if (state.type === 'loading') return <GhostRows />;
  if (state.type === 'failed')
    return (
      <p className="kith-pane-note">
        {t('place.unreachable')}{' '}
        <button type="button" className="kith-link" onClick={reload}>
          {t('common.tryAgain')}
        </button>
      </p>
    );
  const { place } = state;
  // A host says by its tokens who somebody is: there is nothing to be changed from here.
  const changes = isOwner && !place.hosted;
  return (
    <>
      <NameSection key={place.name} name={place.name} onSave={changes ? (name) => change({ name }) : null} />
      {!place.hosted && (
        <div className="kith-place-ways">
          <Way icon={UserPlus} to="invites" title={t('invites.title')} hint={t('invites.rowAdmin')} />
          <Way icon={History} to="security" title={t('place.activity')} hint={t('place.activityHint')} />
        </div>
      )}
      <PlacePeople count={place.people} isOwner={changes} hosted={place.hosted} onTransferred={reload} />
      {changes && <TenantFactor onChange={reload} />}
      <FeatureSections place={place} onChange={changes ? change : null} />
      {changes && place.apiKeys && <KeySection keys={place.apiKeys} onChange={reload} />}
      {changes && (
        <OriginSection
          key={place.origins.join()}
          known={place.origins}
          onSave={(origins) => change({ origins })}
        />
      )}
      {place.quotas.length > 0 && (
        <Section title={t('place.quotas')}>
          <div className="kith-security-body">
            <dl className="kith-place-quotas">
              {place.quotas.map(({ quota, most, used }) => (
                <div key={quota}>
                  <dt>{t(`place.quota.${quota}`)}</dt>
                  <dd>{t('place.quotaUsed', { used, most })}</dd>
                </div>
              ))}
            </dl>
            <p className="kith-security-text">{t('place.quotasNote')}</p>
          </div>
        </Section>
      )}
    </>
  );
}

function Way({
  icon: Icon,
  to,
  title,
  hint,
}: {
  readonly icon: typeof UserPlus;
  readonly to: 'invites' | 'security';
  readonly title: string;
  readonly hint: string;
}) {
  return (
    <button type="button" className="kith-person" onClick={() => navigate({ left: to })}>
      <span className="kith-action-icon">
        <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className="kith-person-lines">
        <span>{title}</span>
        <small>{hint}</small>
      </span>
      <ChevronRight className="kith-onward" size={18} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
