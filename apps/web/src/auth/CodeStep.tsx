/** The step of the six digits that went to the address, or to the phone. */
import { accountsHere } from '../app/session.ts';
import { type Key, rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { CodeEntry, PHONE_CODE_WORDS } from './CodeEntry.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import type { Step } from './steps.ts';

export interface CodeStepProps {
  readonly door: Door;
  readonly step: Extract<Step, { type: 'code' }>;
}

const others: Readonly<Record<Extract<Step, { type: 'code' }>['from'], Key>> = {
  sign_in: 'common.back',
  sign_up: 'auth.otherEmail',
  phone: 'auth.otherPhone',
};

export function CodeStep({ door, step }: CodeStepProps) {
  const { ticket, email, from } = step;
  return (
    <DoorFrame
      title={t(from === 'phone' ? 'auth.codeTitlePhone' : 'auth.codeTitle')}
      text={
        email === null
          ? t('auth.codeText')
          : rich('auth.codeTextTo', {
              email: (
                <b className="kith-address" dir="ltr">
                  {email}
                </b>
              ),
            })
      }
    >
      <CodeEntry
        onCode={async (code) => door.proceed(await accountsHere().proceed({ ticket, code }), email)}
        onResend={async () => {
          await accountsHere().resend(ticket);
          return true;
        }}
        {...(from === 'phone' && { words: PHONE_CODE_WORDS })}
        onOver={() => door.move({ type: 'over' })}
      >
        <Button kind="plain" onClick={() => door.move({ type: 'go', to: from })}>
          {t(others[from])}
        </Button>
      </CodeEntry>
    </DoorFrame>
  );
}
