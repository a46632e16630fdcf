import { chooseLanguage, chosenLanguage, type Language, languageNames, languages, t } from '../i18n/index.ts';
import { Choice, Section } from '../ui/Choice.tsx';
import { toastError } from '../ui/toast.ts';

export function LanguageSection() {
  const choose = (value: Language | 'system'): void => {
    // The app is drawn anew in it.
    chooseLanguage(value === 'system' ? null : value).catch((error: unknown) =>
      toastError(error, () => choose(value)),
    );
  };
  return (
    <Section title={t('settings.language')}>
      <Choice
        legend={t('settings.language')}
        bare
        value={chosenLanguage() ?? 'system'}
        onChange={choose}
        options={[
          { value: 'system', label: t('settings.languageSystem') },
          ...languages.map((value) => ({ value, label: languageNames[value] })),
        ]}
      />
    </Section>
  );
}
