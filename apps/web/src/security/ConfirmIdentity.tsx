/** Asks for the password on behalf of confirmed.ts, and says how it goes. */
import { useId, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { TroubleLine, useRemaining } from '../auth/Trouble.tsx';
import { filledIn, useForm } from '../auth/useForm.ts';
import { WhoseAccount } from '../auth/WhoseAccount.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { Asking } from './confirmed.ts';
import { useConfirmByPasskey } from './useConfirmByPasskey.ts';
import './security.css';

export default function ConfirmIdentity({ asking }: { readonly asking: Asking }) {
  const client = useClient();
  const me = useReadable(client.me);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState('');
  const form = useForm({ password: 'security.passwordWrong' });
  const { trouble } = form;
  const waits = useRemaining(trouble?.type === 'wait' ? trouble.until : 0) > 0;
  const passkey = useConfirmByPasskey(() => asking.answer(true));
  const leave = (): void => asking.answer(false);
  return (
    <Dialog
      open
      onClose={leave}
      title={t('security.confirmTitle')}
      description={t('security.confirmText')}
      size="s"
      initialFocus={field}
      footer={
        <>
          <Button onClick={leave}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy} disabled={waits}>
            {t('auth.continue')}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="kith-confirm-form"
        noValidate
        onSubmit={(event) => {
          const given = filledIn(event)['password'] ?? password;
          const wrong = given === '' ? { password: t('auth.enterPassword') } : {};
          void form.send(event, wrong, async () => {
            await client.security.confirm(given);
            asking.answer(true);
          });
        }}
      >
        {me && <WhoseAccount login={me.user.username} />}
        <TextField
          ref={field}
          label={t('auth.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
            form.touch('password');
          }}
          error={form.wrong['password']}
        />
        <TroubleLine trouble={trouble ?? passkey.trouble} />
        {passkey.able && (
          <Button kind="plain" wide busy={passkey.busy} onClick={passkey.press}>
            {t('auth.usePasskey')}
          </Button>
        )}
      </form>
    </Dialog>
  );
}
