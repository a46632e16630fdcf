/** What people may do here: each at once, by the owner; admins read it. */
import type { Input } from '@kith/protocol';
import { t } from '../i18n/index.ts';
import { Choice, Section } from '../ui/Choice.tsx';
import { useRun } from '../ui/useRun.ts';
import type { Place } from './usePlace.ts';

/** Those that concern people with accounts. */
const SHOWN = [
  'files',
  'polls',
  'stickers',
  'gifs',
  'scheduled',
  'threads',
  'channels',
  'openConversations',
  'findPeople',
] as const satisfies readonly (keyof Place['features'])[];

export function FeatureSections({
  place,
  onChange,
}: {
  readonly place: Place;
  readonly onChange: ((to: Input<'updateTenant'>) => Promise<void>) | null;
}) {
  const [busy, run] = useRun();
  const change = (to: Input<'updateTenant'>): void => {
    if (onChange) run(() => onChange(to));
  };
  const strangers = place.strangers === null ? 'auto' : place.strangers ? 'on' : 'off';
  const still = busy || !onChange;
  return (
    <>
      <Section title={t('place.features')}>
        <fieldset className="kith-choice" disabled={still}>
          <legend className="kith-hidden">{t('place.features')}</legend>
          {SHOWN.map((feature) => (
            <label key={feature}>
              <input
                type="checkbox"
                checked={place.features[feature]}
                onChange={(event) => change({ features: { [feature]: event.target.checked } })}
              />
              <span>{t(`place.feature.${feature}`)}</span>
            </label>
          ))}
        </fieldset>
      </Section>
      <Section title={t('place.strangers')}>
        <Choice
          legend={t('place.strangers')}
          bare
          value={strangers}
          disabled={still}
          onChange={(to) => change({ strangers: to === 'auto' ? null : to === 'on' })}
          options={[
            { value: 'auto', label: t('place.strangers.auto'), hint: t('place.strangers.autoHint') },
            { value: 'on', label: t('place.strangers.on') },
            { value: 'off', label: t('place.strangers.off') },
          ]}
        />
      </Section>
    </>
  );
}
