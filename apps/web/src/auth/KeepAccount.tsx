/** From the mail that says when the account is deleted: keeps it when pressed. A program that only looks at links does nothing. */
import { KithError } from '@kith/client';
import { accountsHere, enterOrAsk } from '../app/session.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import { TroubleLine } from './Trouble.tsx';
import { useForm } from './useForm.ts';

export function KeepAccount({ door, token }: { readonly door: Door; readonly token: string }) {
  const form = useForm();
  const keep = async (): Promise<void> => {
    try {
      await accountsHere().keepAccount(token);
      door.move({ type: 'kept' });
    } catch (error) {
      if (!(error instanceof KithError) || error.code !== 'not_found') throw error;
      door.move({ type: 'over' });
    }
  };
  return (
    <DoorFrame
      title={t('auth.keepTitle')}
      text={t('auth.keepText')}
      onSubmit={(event) => void form.send(event, {}, keep)}
    >
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.keepVerb')}
      </Button>
      <Button kind="plain" wide onClick={() => void enterOrAsk()}>
        {t('auth.undoLeave')}
      </Button>
    </DoorFrame>
  );
}
