/** A new password, for whoever holds the link of a mail, or has just taken back the address. */
import { KithError } from '@kith/client';
import { type FormEvent, useState } from 'react';
import { accountsHere, enterOrAsk, renewSession } from '../app/session.ts';
import { rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { wrongPassword } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { PasswordField } from './PasswordField.tsx';
import type { Step } from './steps.ts';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';
import { WhoseAccount } from './WhoseAccount.tsx';

export interface ResetPasswordProps {
  readonly door: Door;
  readonly step: Extract<Step, { type: 'reset' }>;
}

export function ResetPassword({ door, step }: ResetPasswordProps) {
  const { token, undone } = step;
  const [password, setPassword] = useState('');
  const form = useForm();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const chosen = filledIn(event)['password'] ?? password;
    void form.send(event, wrongPassword(chosen), async () => {
      try {
        await renewSession(async () => {
          const reply = await accountsHere().resetPassword({ token, password: chosen });
          await door.proceed(reply, undone ?? null);
        });
      } catch (error) {
        if (!(error instanceof KithError) || error.code !== 'not_found') throw error;
        door.move({ type: 'over' });
      }
    });
  };
  return (
    <DoorFrame
      title={t('auth.resetTitle')}
      notice={
        undone !== undefined && rich('auth.undone', { email: <b className="kith-address">{undone}</b> })
      }
      text={undone === undefined ? t('auth.resetText') : t('auth.undoneText')}
      onSubmit={submit}
    >
      {undone !== undefined && <WhoseAccount login={undone} />}
      <PasswordField
        name="password"
        label={t('auth.newPassword')}
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
          form.touch('password');
        }}
        error={form.wrong['password']}
        about={undone === undefined ? [] : [undone]}
        autoFocus
      />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.resetVerb')}
      </Button>
      <Button kind="plain" wide onClick={() => void enterOrAsk()}>
        {t('auth.notNow')}
      </Button>
    </DoorFrame>
  );
}
