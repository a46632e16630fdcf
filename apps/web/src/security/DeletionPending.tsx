/** For whoever has asked for the end of their account: until then they may keep it, and nothing else. */
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { leave, reenter } from '../app/session.ts';
import { longDate } from '../app/time.ts';
import { DoorFrame } from '../auth/DoorFrame.tsx';
import { TroubleLine } from '../auth/Trouble.tsx';
import { useForm } from '../auth/useForm.ts';
import '../auth/auth.css';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';

export function DeletionPending({ userId }: { readonly userId: string }) {
  const client = useClient();
  const form = useForm();
  const at = useDeletionAt();
  return (
    <DoorFrame
      title={
        at === null ? t('deletion.pendingTitle') : t('deletion.pendingAt', { date: longDate(Date.parse(at)) })
      }
      text={t('deletion.pendingText')}
      onSubmit={(event) =>
        void form.send(event, {}, async () => {
          await client.security.keepAccount();
          await reenter(client, userId);
        })
      }
    >
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.keepVerb')}
      </Button>
      <Button kind="plain" wide onClick={() => void leave(client)}>
        {t('settings.signOut')}
      </Button>
    </DoorFrame>
  );
}

/** ISO 8601; null until it is known. There is no connection to wait for here: the SDK asks by HTTP. */
function useDeletionAt(): string | null {
  const client = useClient();
  const [at, setAt] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    client.security.account().then(
      ({ deletionAt }) => over || setAt(deletionAt),
      (error: unknown) => console.warn('When the account is deleted is not known:', error),
    );
    return () => {
      over = true;
    };
  }, [client]);
  return at;
}
