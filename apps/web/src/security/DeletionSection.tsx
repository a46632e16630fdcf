/** The end of the account: what goes and what stays is said before anything is asked for. */
import type { Input } from '@kith/protocol';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { TroubleLine } from '../auth/Trouble.tsx';
import { useForm } from '../auth/useForm.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Choice, Section } from '../ui/Choice.tsx';
import { confirmed } from './confirmed.ts';
import { useFocusBack } from './useFocusBack.ts';

export function DeletionSection() {
  const [open, setOpen] = useState(false);
  const button = useFocusBack(!open);
  return (
    <Section title={t('deletion.title')}>
      {open ? (
        <AskForIt onLeave={() => setOpen(false)} />
      ) : (
        <div className="kith-security-body">
          <p className="kith-security-text">{t('deletion.hint')}</p>
          <div className="kith-security-ways">
            <Button ref={button} kind="danger-quiet" onClick={() => setOpen(true)}>
              {t('deletion.title')}
            </Button>
          </div>
        </div>
      )}
    </Section>
  );
}

type Messages = Input<'deleteAccount'>['messages'];

function AskForIt({ onLeave }: { readonly onLeave: () => void }) {
  const client = useClient();
  const [messages, setMessages] = useState<Messages>('keep');
  const form = useForm({ forbidden: 'deletion.owner' });
  return (
    <form
      className="kith-security-body"
      noValidate
      onSubmit={(event) =>
        void form.send(event, {}, async () => {
          // The connection ends with it, and the app shows until when the account can be kept.
          if (!(await confirmed(() => client.security.deleteAccount(messages)))) form.reset();
        })
      }
    >
      <p className="kith-security-text">{t('deletion.text')}</p>
      <Choice<Messages>
        legend={t('deletion.messages')}
        value={messages}
        onChange={setMessages}
        options={[
          { value: 'keep', label: t('deletion.keep'), hint: t('deletion.keepHint') },
          { value: 'delete', label: t('deletion.delete'), hint: t('deletion.deleteHint') },
        ]}
      />
      <TroubleLine trouble={form.trouble} />
      <div className="kith-form-end">
        <Button onClick={onLeave}>{t('common.cancel')}</Button>
        <Button kind="danger" type="submit" busy={form.busy}>
          {t('deletion.title')}
        </Button>
      </div>
    </form>
  );
}
