/** How the app looks on this device, with a piece of a conversation that shows it. */
import { AArrowDown, AArrowUp } from 'lucide-react';
import { type CSSProperties, useId, useSyncExternalStore } from 'react';
import { t } from '../i18n/index.ts';
import { accentTokens } from '../theme/accent.ts';
import { accents, appearance, backgrounds, textSizes, useAppearance } from '../theme/appearance.ts';
import { theme } from '../theme/theme.ts';
import { Section, Segments } from '../ui/Choice.tsx';
import './appearance.css';
import '../message/message.css';
import '../message/flat.css';

export function AppearanceSection() {
  const chosenTheme = useSyncExternalStore(theme.subscribe, theme.get);
  const look = useAppearance();
  return (
    <Section title={t('settings.appearance')}>
      <div className="kith-appearance">
        <Preview />
        <Segments
          legend={t('settings.theme')}
          value={chosenTheme}
          onChange={theme.set}
          options={[
            { value: 'system', label: t('settings.theme.system'), hint: t('settings.theme.systemHint') },
            { value: 'light', label: t('settings.theme.light') },
            { value: 'dark', label: t('settings.theme.dark') },
            {
              value: 'contrast',
              label: t('settings.theme.contrast'),
              hint: t('settings.theme.contrastHint'),
            },
          ]}
        />
        <Accents />
        <Backgrounds />
        <TextSize />
        <Segments
          legend={t('appearance.style')}
          value={look.style}
          onChange={(style) => appearance.set({ style })}
          options={[
            { value: 'bubbles', label: t('appearance.style.bubbles') },
            { value: 'flat', label: t('appearance.style.flat') },
          ]}
        />
        <Segments
          legend={t('appearance.density')}
          value={look.density}
          onChange={(density) => appearance.set({ density })}
          options={[
            { value: 'comfortable', label: t('appearance.density.comfortable') },
            { value: 'compact', label: t('appearance.density.compact') },
          ]}
        />
        <Segments
          legend={t('appearance.motion')}
          value={look.motion}
          onChange={(motion) => appearance.set({ motion })}
          options={[
            { value: 'system', label: t('settings.theme.system') },
            { value: 'less', label: t('appearance.motion.less') },
          ]}
        />
      </div>
    </Section>
  );
}

/** Drawn with the classes of the timeline: what is chosen shows as it will there. */
function Preview() {
  return (
    <div className="kith-appearance-preview kith-timeline-ground" aria-hidden="true">
      <div className="kith-message" data-first data-last>
        <div className="kith-message-body">
          <div className="kith-message-line">
            <div className="kith-bubble">{t('appearance.preview.first')}</div>
          </div>
        </div>
      </div>
      <div className="kith-message" data-own data-first data-last>
        <div className="kith-message-body">
          <div className="kith-message-line">
            <div className="kith-bubble">{t('appearance.preview.second')}</div>
          </div>
        </div>
      </div>
    </div>
  );
}

function Accents() {
  const { accent } = useAppearance();
  const name = useId();
  const own = accent !== null && !accents.some((one) => one === accent);
  return (
    <fieldset className="kith-swatches">
      <legend>{t('appearance.accent')}</legend>
      <div>
        {accents.map((hue) => (
          <label key={hue ?? 'usual'} style={swatch(hue)}>
            <input
              type="radio"
              name={name}
              checked={hue === accent}
              aria-label={t(`appearance.accent.${hue ?? 'usual'}`)}
              onChange={() => appearance.set({ accent: hue })}
            />
          </label>
        ))}
      </div>
      <label className="kith-hue">
        <span>{t('appearance.hue')}</span>
        <input
          type="range"
          min={0}
          max={359}
          value={accent ?? 42}
          data-own={own || undefined}
          onChange={(event) => appearance.set({ accent: Number(event.target.value) })}
        />
      </label>
    </fieldset>
  );
}

const swatch = (hue: number | null): CSSProperties =>
  (hue === null
    ? { '--swatch': 'var(--kith-persimmon)' }
    : { '--swatch': accentTokens(hue)['--kith-chosen-accent'] }) as CSSProperties;

function Backgrounds() {
  const { background } = useAppearance();
  const name = useId();
  return (
    <fieldset className="kith-swatches" data-kind="background">
      <legend>{t('appearance.background')}</legend>
      <div>
        {backgrounds.map((one) => (
          <label key={one} className="kith-timeline-ground" data-ground={one}>
            <input
              type="radio"
              name={name}
              checked={one === background}
              aria-label={t(`appearance.background.${one}`)}
              onChange={() => appearance.set({ background: one })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function TextSize() {
  const { textSize } = useAppearance();
  const id = useId();
  return (
    <div className="kith-text-size">
      <label htmlFor={id}>{t('appearance.text')}</label>
      <div>
        <AArrowDown size={20} strokeWidth={1.75} aria-hidden="true" />
        <input
          id={id}
          type="range"
          min={0}
          max={textSizes.length - 1}
          step={1}
          value={textSizes.indexOf(textSize)}
          aria-valuetext={t(`appearance.text.${textSize}`)}
          onChange={(event) => {
            const size = textSizes[Number(event.target.value)];
            if (size) appearance.set({ textSize: size });
          }}
        />
        <AArrowUp size={20} strokeWidth={1.75} aria-hidden="true" />
      </div>
    </div>
  );
}
