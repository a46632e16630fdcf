/** A new account. The server may want a code from the address before there is one. */
import type { FormEvent } from 'react';
import { accountsHere } from '../app/session.ts';
import { type Key, t } from '../i18n/index.ts';
import { listText } from '../i18n/words.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { Bait } from './Bait.tsx';
import { asUsername, wrongWith } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { EmailField } from './EmailField.tsx';
import { pendingInvite } from './invited.ts';
import { NameFields } from './NameFields.tsx';
import { OutsideWays } from './OutsideWays.tsx';
import { PasswordField } from './PasswordField.tsx';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';

export function SignUp({ door, notice }: { readonly door: Door; readonly notice: Key | undefined }) {
  const { values, set, offers, move } = door;
  const form = useForm({
    forbidden: offers.signUp === 'closed' ? 'auth.closed' : 'auth.invitationNeeded',
  });
  const invite = pendingInvite();
  const { wrong } = form;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const given = { ...values, ...filledIn(event) };
    const { website = '' } = filledIn(event);
    const email = given.email.trim();
    void form.send(event, wrongWith(given, true), async () => {
      const reply = await accountsHere().signUp({
        email,
        password: given.password,
        username: asUsername(given.username),
        displayName: given.displayName.trim(),
        ...(invite !== null && { invite }),
        website,
      });
      await door.proceed(reply, email);
    });
  };
  return (
    <DoorFrame
      title={t('auth.createTitle')}
      notice={notice ? t(notice) : offers.first && t('auth.first')}
      onSubmit={submit}
    >
      <NameFields door={door} form={form} />
      <EmailField
        value={values.email}
        onChange={(email) => {
          set({ email });
          form.touch('email');
        }}
        error={wrong['email']}
        {...(offers.signUp === 'domains' &&
          invite === null && { hint: t('auth.domainsHint', { domains: listText(offers.domains) }) })}
      />
      <PasswordField
        name="password"
        label={t('auth.password')}
        value={values.password}
        onChange={(event) => {
          set({ password: event.target.value });
          form.touch('password');
        }}
        error={wrong['password']}
        about={[values.displayName, values.username, values.email]}
      />
      <Bait />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.create')}
      </Button>
      {offers.phone && (
        <Button wide onClick={() => move({ type: 'go', to: 'phone' })}>
          {t('auth.usePhone')}
        </Button>
      )}
      <OutsideWays providers={offers.providers} />
      <p className="kith-auth-other">
        <span>{t('auth.have')}</span>
        <Button wide onClick={() => move({ type: 'go', to: 'sign_in' })}>
          {t('auth.signIn')}
        </Button>
      </p>
    </DoorFrame>
  );
}
