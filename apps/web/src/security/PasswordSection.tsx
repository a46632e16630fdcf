/** Another password. What the person typed stays while they confirm who they are. */
import { type FormEvent, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { wrongPassword } from '../auth/check.ts';
import { PasswordField } from '../auth/PasswordField.tsx';
import { TroubleLine } from '../auth/Trouble.tsx';
import { filledIn, useForm } from '../auth/useForm.ts';
import { WhoseAccount } from '../auth/WhoseAccount.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { toast } from '../ui/toast.ts';
import { confirmed } from './confirmed.ts';
import { useFocusBack } from './useFocusBack.ts';

export interface PasswordSectionProps {
  /** Null while it is not known. */
  readonly email: string | null;
  readonly onChange: () => void;
}

export function PasswordSection({ email, onChange }: PasswordSectionProps) {
  const [open, setOpen] = useState(false);
  const button = useFocusBack(!open);
  return (
    <Section title={t('auth.password')}>
      {open ? (
        <ChangePassword email={email} onChange={onChange} onLeave={() => setOpen(false)} />
      ) : (
        <div className="kith-security-body">
          <div className="kith-security-ways">
            <Button ref={button} onClick={() => setOpen(true)}>
              {t('security.changePassword')}
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}

function ChangePassword({
  email,
  onChange,
  onLeave,
}: PasswordSectionProps & { readonly onLeave: () => void }) {
  const client = useClient();
  const me = useReadable(client.me);
  const [password, setPassword] = useState('');
  const form = useForm();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const chosen = filledIn(event)['password'] ?? password;
    void form.send(event, wrongPassword(chosen), async () => {
      if (!(await confirmed(() => client.security.changePassword(chosen)))) return form.reset();
      toast(t('security.passwordChanged'));
      onChange();
      onLeave();
    });
  };
  const about = [email, me?.user.username, me?.user.displayName].filter((word) => word != null);
  return (
    <form className="kith-security-body" noValidate onSubmit={submit}>
      {me && <WhoseAccount login={email ?? me.user.username} />}
      <PasswordField
        name="password"
        label={t('auth.newPassword')}
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
          form.touch('password');
        }}
        error={form.wrong['password']}
        about={about}
        autoFocus
      />
      <p className="kith-security-text">{t('security.passwordHint')}</p>
      <TroubleLine trouble={form.trouble} />
      <div className="kith-form-end">
        <Button onClick={onLeave}>{t('common.cancel')}</Button>
        <Button kind="primary" type="submit" busy={form.busy}>
          {t('security.changePassword')}
        </Button>
      </div>
    </form>
  );
}
