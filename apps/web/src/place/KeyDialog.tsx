/** A key for a program: what it is for, and what it may do. */
import { limits } from '@kith/client';
import type { ApiScope } from '@kith/protocol';
import { type FormEvent, useId, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { TroubleLine } from '../auth/Trouble.tsx';
import { useForm } from '../auth/useForm.ts';
import { t } from '../i18n/index.ts';
import { confirmed } from '../security/confirmed.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';

/** Who is a person here is said by their accounts: that scope is for hosts. */
const SCOPES = [
  'conversations:read',
  'conversations:write',
  'messages:read',
  'messages:send',
  'people:read',
] as const satisfies readonly ApiScope[];

export function KeyDialog({
  onMade,
  onClose,
}: {
  readonly onMade: (key: string) => void;
  readonly onClose: () => void;
}) {
  const client = useClient();
  const id = useId();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ReadonlySet<ApiScope>>(new Set(['messages:send']));
  const form = useForm();
  const toggle = (scope: ApiScope): void => {
    form.touch('scopes');
    setScopes((before) => {
      const next = new Set(before);
      if (!next.delete(scope)) next.add(scope);
      return next;
    });
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const wrong = {
      ...(name.trim() === '' && { name: t('auth.enterName') }),
      ...(scopes.size === 0 && { scopes: t('place.keyScopesNone') }),
    };
    void form.send(event, wrong, async () => {
      await confirmed(async () => {
        const { key } = await client.tenant.createApiKey({ name: name.trim(), scopes: [...scopes] });
        onMade(key);
      });
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('place.keyMake')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy}>
            {t('place.keyMake')}
          </Button>
        </>
      }
    >
      <form id={id} className="kith-confirm-form" noValidate onSubmit={submit}>
        <TextField
          label={t('place.keyName')}
          name="name"
          autoComplete="off"
          maxLength={limits.nameLength}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            form.touch('name');
          }}
          error={form.wrong['name']}
        />
        <fieldset className="kith-choice kith-place-scopes" aria-describedby={`${id}-scopes`}>
          <legend>{t('place.keyScopes')}</legend>
          {SCOPES.map((scope) => (
            <label key={scope}>
              <input type="checkbox" checked={scopes.has(scope)} onChange={() => toggle(scope)} />
              <span>{t(`place.scope.${scope}`)}</span>
            </label>
          ))}
        </fieldset>
        {form.wrong['scopes'] && (
          <p id={`${id}-scopes`} className="kith-field-note" data-error="">
            {form.wrong['scopes']}
          </p>
        )}
        <TroubleLine trouble={form.trouble} />
      </form>
    </Dialog>
  );
}
