/** Asks for a link by mail, and says the same whether there is such an account or not. */
import type { FormEvent } from 'react';
import { accountsHere } from '../app/session.ts';
import { rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { wrongEmail } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { EmailField } from './EmailField.tsx';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';

export interface ForgotPasswordProps {
  readonly door: Door;
  /** Where the link went, once it did. */
  readonly mailed: string | null;
}

export function ForgotPassword({ door, mailed }: ForgotPasswordProps) {
  const { values, set, move } = door;
  const form = useForm();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const email = (filledIn(event)['email'] ?? values.email).trim();
    void form.send(event, wrongEmail(email), async () => {
      await accountsHere().forgotPassword(email);
      move({ type: 'mailed', email });
    });
  };
  const back = (
    <Button kind="plain" wide onClick={() => move({ type: 'go', to: 'sign_in' })}>
      {t('auth.backToSignIn')}
    </Button>
  );
  if (mailed !== null)
    return (
      <DoorFrame
        title={t('auth.mailedTitle')}
        text={rich('auth.mailedText', { email: <b className="kith-address">{mailed}</b> })}
      >
        <p className="kith-auth-text">{t('auth.mailedHint')}</p>
        <Button wide onClick={() => move({ type: 'go', to: 'forgot' })}>
          {t('auth.otherEmail')}
        </Button>
        {back}
      </DoorFrame>
    );
  return (
    <DoorFrame title={t('auth.forgotTitle')} text={t('auth.forgotText')} onSubmit={submit}>
      <EmailField
        autoFocus
        value={values.email}
        onChange={(email) => {
          set({ email });
          form.touch('email');
        }}
        error={form.wrong['email']}
      />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.sendLink')}
      </Button>
      {back}
    </DoorFrame>
  );
}
