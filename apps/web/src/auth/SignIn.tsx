/** In with what one knows: address or username, and the password. */
import type { SignInOptions } from '@kith/protocol';
import type { FormEvent } from 'react';
import { accountsHere } from '../app/session.ts';
import { type Key, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { Door } from './AuthScreen.tsx';
import { asUsername, isEmail, wrongWith } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { pendingInvite } from './invited.ts';
import { OutsideWays } from './OutsideWays.tsx';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';
import { usePasskey } from './usePasskey.ts';
import { canPasskey } from './webauthn.ts';

const maySignUp = (signUp: SignInOptions['signUp'], invited: boolean): boolean =>
  signUp === 'open' || signUp === 'domains' || (signUp === 'invited' && invited);

export function SignIn({ door, notice }: { readonly door: Door; readonly notice: Key | undefined }) {
  const { values, set, offers, move } = door;
  const form = useForm({ unauthenticated: 'auth.wrong' });
  const { wrong } = form;
  const passkey = usePasskey((reply) => door.proceed(reply, null));
  const change = (name: 'email' | 'password') => (event: { target: { value: string } }) => {
    set({ [name]: event.target.value });
    form.touch(name);
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const { email, password } = { ...values, ...filledIn(event) };
    const login = isEmail(email) ? { email: email.trim() } : { username: asUsername(email) };
    void form.send(event, wrongWith({ ...values, email, password }, false), async () => {
      const reply = await accountsHere().signIn({ ...login, password });
      await door.proceed(reply, 'email' in login ? login.email : null);
    });
  };
  return (
    <DoorFrame title={t('auth.signInTitle')} notice={notice && t(notice)} onSubmit={submit}>
      <TextField
        label={t('auth.emailOrUsername')}
        name="email"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        autoComplete="username webauthn"
        autoFocus
        value={values.email}
        onChange={change('email')}
        error={wrong['email']}
      />
      <TextField
        label={t('auth.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        value={values.password}
        onChange={change('password')}
        error={wrong['password']}
      />
      <TroubleLine trouble={form.trouble ?? passkey.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.signIn')}
      </Button>
      {canPasskey() && (
        <Button wide busy={passkey.busy} onClick={passkey.press}>
          {t('auth.signInPasskey')}
        </Button>
      )}
      {offers.phone && (
        <Button wide onClick={() => move({ type: 'go', to: 'phone' })}>
          {t('auth.usePhone')}
        </Button>
      )}
      {offers.mail && (
        <Button kind="plain" wide onClick={() => move({ type: 'go', to: 'forgot' })}>
          {t('auth.forgot')}
        </Button>
      )}
      <OutsideWays providers={offers.providers} />
      {offers.first || maySignUp(offers.signUp, pendingInvite() !== null) ? (
        <p className="kith-auth-other">
          <span>{t('auth.new')}</span>
          <Button wide onClick={() => move({ type: 'go', to: 'sign_up' })}>
            {t('auth.createOther')}
          </Button>
        </p>
      ) : (
        <p className="kith-auth-other">
          <span>{t(offers.signUp === 'closed' ? 'auth.closed' : 'auth.invitationNeeded')}</span>
        </p>
      )}
    </DoorFrame>
  );
}
