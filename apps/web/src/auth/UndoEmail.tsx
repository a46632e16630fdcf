/** From the mail to the former address: says what will happen, and does it when pressed. A program that only looks at links does nothing. */
import { KithError } from '@kith/client';
import { accountsHere, enterOrAsk } from '../app/session.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import { TroubleLine } from './Trouble.tsx';
import { useForm } from './useForm.ts';

export function UndoEmail({ door, token }: { readonly door: Door; readonly token: string }) {
  const form = useForm({ conflict: 'auth.undoTaken' });
  const undo = async (): Promise<void> => {
    try {
      door.move({ type: 'undone', ...(await accountsHere().undoEmail(token)) });
    } catch (error) {
      if (!(error instanceof KithError) || error.code !== 'not_found') throw error;
      door.move({ type: 'over' });
    }
  };
  return (
    <DoorFrame
      title={t('auth.undoTitle')}
      text={t('auth.undoText')}
      onSubmit={(event) => void form.send(event, {}, undo)}
    >
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.undoVerb')}
      </Button>
      <Button kind="plain" wide onClick={() => void enterOrAsk()}>
        {t('auth.undoLeave')}
      </Button>
    </DoorFrame>
  );
}
