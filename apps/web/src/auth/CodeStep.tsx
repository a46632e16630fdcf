/** The step of the six digits that went to the address. */
import { accountsHere } from '../app/session.ts';
import { rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { CodeEntry } from './CodeEntry.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import type { Step } from './steps.ts';

export interface CodeStepProps {
  readonly door: Door;
  readonly step: Extract<Step, { type: 'code' }>;
}

export function CodeStep({ door, step }: CodeStepProps) {
  const { ticket, email, from } = step;
  return (
    <DoorFrame
      title={t('auth.codeTitle')}
      text={
        email === null
          ? t('auth.codeText')
          : rich('auth.codeTextTo', { email: <b className="kith-address">{email}</b> })
      }
    >
      <CodeEntry
        onCode={async (code) => door.proceed(await accountsHere().proceed({ ticket, code }), email)}
        onResend={async () => {
          await accountsHere().resend(ticket);
          return true;
        }}
        onOver={() => door.move({ type: 'over' })}
      >
        <Button kind="plain" onClick={() => door.move({ type: 'go', to: from })}>
          {from === 'sign_up' ? t('auth.otherEmail') : t('common.back')}
        </Button>
      </CodeEntry>
    </DoorFrame>
  );
}
