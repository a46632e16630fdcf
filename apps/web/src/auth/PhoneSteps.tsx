/** In by number: where a code goes to, and what somebody is called who has not been here yet. The code itself is the code step's. */
import { KithError } from '@kith/client';
import { type FormEvent, useState } from 'react';
import { accountsHere } from '../app/session.ts';
import { type Key, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { asUsername, wrongName } from './check.ts';
import { DoorFrame } from './DoorFrame.tsx';
import { pendingInvite } from './invited.ts';
import { NameFields } from './NameFields.tsx';
import { PHONE_WORDS, PhoneField, wrongPhone } from './PhoneField.tsx';
import { asNumber } from './phone.ts';
import type { Step } from './steps.ts';
import { TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';

export function PhoneStep({ door, notice }: { readonly door: Door; readonly notice: Key | undefined }) {
  const [typed, setTyped] = useState('');
  const form = useForm(PHONE_WORDS);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const phone = filledIn(event)['phone'] ?? typed;
    void form.send(event, wrongPhone(phone), async () => {
      const invite = pendingInvite();
      const reply = await accountsHere().askByPhone({
        ...asNumber(phone),
        ...(invite !== null && { invite }),
      });
      await door.proceed(reply, reply.type === 'code_sent' ? (reply.phone ?? phone) : null);
    });
  };
  return (
    <DoorFrame
      title={t('auth.phoneTitle')}
      text={t('auth.phoneText')}
      notice={notice && t(notice)}
      onSubmit={submit}
    >
      <PhoneField
        value={typed}
        onChange={(phone) => {
          setTyped(phone);
          form.touch('phone');
        }}
        error={form.wrong['phone']}
      />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.continue')}
      </Button>
      <Button kind="plain" wide onClick={() => door.move({ type: 'go', to: 'sign_in' })}>
        {t('auth.backToSignIn')}
      </Button>
    </DoorFrame>
  );
}

export function NameStep({
  door,
  step: { ticket },
}: {
  readonly door: Door;
  readonly step: Extract<Step, { type: 'name' }>;
}) {
  const { values } = door;
  const form = useForm();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const given = { ...values, ...filledIn(event) };
    void form.send(event, wrongName(given), async () => {
      try {
        const displayName = given.displayName.trim();
        const username = asUsername(given.username);
        await door.proceed(await accountsHere().signUpByPhone({ ticket, displayName, username }), null);
      } catch (error) {
        if (!isOver(error)) throw error;
        door.move({ type: 'over' });
      }
    });
  };
  return (
    <DoorFrame title={t('auth.nameTitle')} text={t('auth.nameText')} onSubmit={submit}>
      <NameFields door={door} form={form} />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.create')}
      </Button>
    </DoorFrame>
  );
}

/** Somebody looked for a name for too long. */
const isOver = (error: unknown): boolean => error instanceof KithError && error.code === 'not_found';
