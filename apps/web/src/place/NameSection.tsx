/** What the place is called. */
import { limits } from '@kith/client';
import { type FormEvent, useState } from 'react';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useRun } from '../ui/useRun.ts';

export function NameSection({
  name,
  onSave,
}: {
  readonly name: string;
  /** Null: it is somebody else's to say. */
  readonly onSave: ((name: string) => Promise<void>) | null;
}) {
  const [typed, setTyped] = useState(name);
  const [busy, run] = useRun();
  if (!onSave)
    return (
      <Section title={t('place.name')}>
        <p className="kith-security-body">
          <bdi>{name}</bdi>
        </p>
      </Section>
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(() => onSave(typed.trim()));
  };
  const isOther = typed.trim() !== '' && typed.trim() !== name;
  return (
    <form className="kith-security-body kith-place-form" onSubmit={submit}>
      <TextField
        label={t('place.name')}
        name="name"
        autoComplete="off"
        maxLength={limits.nameLength}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        hint={t('place.nameHint')}
      />
      {isOther && (
        <div className="kith-form-end">
          <Button onClick={() => setTyped(name)}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {t('common.save')}
          </Button>
        </div>
      )}
    </form>
  );
}
