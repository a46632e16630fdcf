/** A link that was used, replaced or is too old: says so, and offers what helps. */
import { enterOrAsk } from '../app/session.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import type { Link } from './links.ts';

const OVER = {
  reset: 'auth.resetOver',
  undo: 'auth.undoOver',
  keep: 'auth.keepOver',
  invite: 'invite.over',
} as const;

export function LinkOver({ door, of }: { readonly door: Door; readonly of: Link['type'] }) {
  const again = of === 'reset' && door.offers.mail;
  return (
    <DoorFrame title={t(of === 'invite' ? 'invite.overTitle' : 'auth.linkOverTitle')} text={t(OVER[of])}>
      {again && (
        <Button kind="primary" wide onClick={() => door.move({ type: 'go', to: 'forgot' })}>
          {t('auth.sendAnotherLink')}
        </Button>
      )}
      <Button kind={again ? 'plain' : 'primary'} wide onClick={() => void enterOrAsk()}>
        {t('auth.toKith')}
      </Button>
    </DoorFrame>
  );
}
