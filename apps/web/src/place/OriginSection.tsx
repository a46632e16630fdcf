/** Pages of other sites that may speak for people of the place, one a line. */
import { type FormEvent, useId, useState } from 'react';
import { fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { useRun } from '../ui/useRun.ts';

export function OriginSection({
  known,
  onSave,
}: {
  readonly known: readonly string[];
  readonly onSave: (origins: string[]) => Promise<void>;
}) {
  const id = useId();
  const [text, setText] = useState(known.join('\n'));
  const [wrong, setWrong] = useState(false);
  const [busy, run] = useRun();
  const isOther = text.trim() !== known.join('\n');
  const save = (event: FormEvent): void => {
    event.preventDefault();
    // People copy addresses with the slash that browsers put behind them.
    const origins = text
      .split(/[\s,;]+/)
      .map((word) => word.replace(/\/$/, ''))
      .filter(Boolean);
    run(async () => {
      try {
        await onSave(origins);
      } catch (error) {
        if (!fieldErrors(error)) throw error;
        setWrong(true);
      }
    });
  };
  return (
    <Section title={t('place.origins')}>
      <form className="kith-security-body" onSubmit={save}>
        <div className="kith-field">
          <label htmlFor={id}>{t('place.originsField')}</label>
          <div className="kith-field-box" data-invalid={wrong || undefined}>
            <textarea
              id={id}
              rows={2}
              dir="ltr"
              spellCheck={false}
              autoCapitalize="none"
              value={text}
              aria-invalid={wrong || undefined}
              aria-describedby={`${id}-note`}
              onChange={(event) => {
                setText(event.target.value);
                setWrong(false);
              }}
            />
          </div>
          <p id={`${id}-note`} className="kith-field-note" data-error={wrong ? '' : undefined}>
            {t(wrong ? 'place.originsWrong' : 'place.originsNote')}
          </p>
        </div>
        {isOther && (
          <div className="kith-form-end">
            <Button type="submit" kind="primary" busy={busy}>
              {t('common.save')}
            </Button>
          </div>
        )}
      </form>
    </Section>
  );
}
