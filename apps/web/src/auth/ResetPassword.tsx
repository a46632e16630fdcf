/** A new password, for whoever holds the link of a mail, or has just taken back the address. */
import { KithError } from '@kith/client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { accountsHere, enterOrAsk, renewSession } from '../app/session.ts';
import { rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { wrongPassword } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { LinkPending } from './LinkPending.tsx';
import { PasswordField } from './PasswordField.tsx';
import type { Step } from './steps.ts';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';
import { useLink } from './useLink.ts';
import { WhoseAccount } from './WhoseAccount.tsx';

export interface ResetPasswordProps {
  readonly door: Door;
  readonly step: Extract<Step, { type: 'reset' }>;
}

export function ResetPassword({ door, step }: ResetPasswordProps) {
  const { token, undone } = step;
  return undone === undefined ? (
    <ByLink door={door} token={token} />
  ) : (
    <NewPassword
      door={door}
      token={token}
      login={undone}
      undone={undone}
      notice={rich('auth.undone', { email: <b className="kith-address">{undone}</b> })}
      text={t('auth.undoneText')}
    />
  );
}

/** Whose it is, is said before anything is typed: the link may be somebody else's, pressed in good faith. */
function ByLink({ door, token }: { readonly door: Door; readonly token: string }) {
  const [state, again] = useLink(
    () => accountsHere().resetOf(token),
    () => door.move({ type: 'over' }),
  );
  if (state.type !== 'known')
    return <LinkPending title={t('auth.resetTitle')} state={state} onAgain={again} />;
  const { email, name } = state.about;
  const whose = { name: <b>{name}</b>, email: <span className="kith-address">{email}</span> };
  return <NewPassword door={door} token={token} login={email} text={rich('auth.resetText', whose)} />;
}

interface NewPasswordProps {
  readonly door: Door;
  readonly token: string;
  /** Whose password it is: an address. */
  readonly login: string;
  /** The address that counts again, where that led here. */
  readonly undone?: string;
  readonly notice?: ReactNode;
  readonly text: ReactNode;
}

function NewPassword({ door, token, login, undone, notice, text }: NewPasswordProps) {
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
    <DoorFrame title={t('auth.resetTitle')} notice={notice} text={text} onSubmit={submit}>
      <WhoseAccount login={login} />
      <PasswordField
        name="password"
        label={t('auth.newPassword')}
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
          form.touch('password');
        }}
        error={form.wrong['password']}
        about={[login]}
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
