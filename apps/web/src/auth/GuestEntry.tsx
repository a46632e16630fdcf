/** By a link for guests: a name, and one is in. Whoever has an account comes with that. */
import { KithError } from '@kith/client';
import type { FormEvent, ReactNode } from 'react';
import { accountsHere } from '../app/session.ts';
import { fullTime } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { Door } from './AuthScreen.tsx';
import { Bait } from './Bait.tsx';
import { wrongDisplayName } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';

export interface GuestEntryProps {
  readonly door: Door;
  readonly token: string;
  /** How long they may stay. */
  readonly seconds: number;
  /** Who invites, and to what. */
  readonly who: ReactNode;
  readonly onSignIn: () => void;
  readonly onOver: () => void;
}

export function GuestEntry({ door, token, seconds, who, onSignIn, onOver }: GuestEntryProps) {
  const { values, set } = door;
  const form = useForm({ forbidden: 'auth.closed' });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const given = { ...values, ...filledIn(event) };
    const { website = '' } = filledIn(event);
    void form.send(event, wrongDisplayName(given.displayName), async () => {
      try {
        const displayName = given.displayName.trim();
        const reply = await accountsHere().comeAsGuest({ invite: token, displayName, website });
        await door.proceed(reply, null);
      } catch (error) {
        if (error instanceof KithError && error.code === 'not_found') onOver();
        else throw error;
      }
    });
  };
  return (
    <DoorFrame title={t('invite.title')} onSubmit={submit}>
      <p>{who}</p>
      <TextField
        label={t('auth.name')}
        name="displayName"
        autoComplete="name"
        autoFocus
        value={values.displayName}
        onChange={({ target }) => {
          set({ displayName: target.value });
          form.touch('displayName');
        }}
        error={form.wrong['displayName']}
        hint={t('invite.guestText', { when: fullTime(Date.now() + seconds * 1000) })}
      />
      <Bait />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('invite.guestJoin')}
      </Button>
      <Button wide onClick={onSignIn}>
        {t('invite.signIn')}
      </Button>
    </DoorFrame>
  );
}
