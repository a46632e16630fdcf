/** One more step after the password: the app's code, a passkey, or a code from paper. */
import { KithError, type Proceed } from '@kith/client';
import type { SecondFactor } from '@kith/protocol';
import { useState } from 'react';
import { accountsHere } from '../app/session.ts';
import { type Key, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { Door } from './AuthScreen.tsx';
import { CodeEntry } from './CodeEntry.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import type { Step } from './steps.ts';
import { type Trouble, TroubleLine } from './Trouble.tsx';
import { filledIn, useForm } from './useForm.ts';
import { wordsFor } from './usePasskey.ts';
import { canPasskey, getPasskey } from './webauthn.ts';

type FactorOf = Extract<Step, { type: 'factor' }>;
type Shown = Proceed extends infer P ? Omit<P, 'ticket' | 'trust'> : never;
type Shows = (shown: Shown) => Promise<void>;

const texts: Readonly<Record<SecondFactor, Key>> = {
  totp: 'auth.factorTotp',
  passkey: 'auth.factorPasskey',
  recovery: 'auth.factorRecovery',
};
const verbs: Readonly<Record<SecondFactor, Key>> = {
  totp: 'auth.useTotp',
  passkey: 'auth.usePasskey',
  recovery: 'auth.useRecovery',
};

export function FactorStep({ door, step }: { readonly door: Door; readonly step: FactorOf }) {
  const { ticket } = step;
  const ways = step.factors.filter((factor) => factor !== 'passkey' || (canPasskey() && step.passkey));
  const [way, setWay] = useState<SecondFactor | undefined>(ways[0]);
  const [trust, setTrust] = useState(false);
  const show: Shows = async (shown) =>
    door.proceed(
      await accountsHere().proceed({ ticket, ...shown, ...(trust && { trust }) } as Proceed),
      null,
    );
  const over = (): void => door.move({ type: 'over' });
  return (
    <DoorFrame title={t('auth.factorTitle')} text={t(way ? texts[way] : 'auth.factorNone')}>
      {way === 'totp' && <CodeEntry words={TOTP_WORDS} onCode={(code) => show({ code })} onOver={over} />}
      {way === 'passkey' && step.passkey && <ByPasskey show={show} options={step.passkey} onOver={over} />}
      {way === 'recovery' && <ByRecoveryCode show={show} onOver={over} />}
      {way && (
        <label className="kith-auth-trust">
          <input type="checkbox" checked={trust} onChange={(event) => setTrust(event.target.checked)} />
          <span>{t('auth.trust')}</span>
        </label>
      )}
      <div className="kith-code-ways">
        {ways
          .filter((other) => other !== way)
          .map((other) => (
            <Button key={other} kind="plain" onClick={() => setWay(other)}>
              {t(verbs[other])}
            </Button>
          ))}
        <Button kind="plain" onClick={() => door.move({ type: 'go', to: 'sign_in' })}>
          {t('auth.backToSignIn')}
        </Button>
      </div>
    </DoorFrame>
  );
}

const TOTP_WORDS = { code: 'auth.totpWrong' } as const;

function ByPasskey({
  show,
  options,
  onOver,
}: {
  readonly show: Shows;
  readonly options: NonNullable<FactorOf['passkey']>;
  readonly onOver: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const press = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await show({ passkey: await getPasskey(options) });
    } catch (error) {
      if (isOver(error)) return onOver();
      setTrouble(wordsFor(error));
      setBusy(false);
    }
  };
  return (
    <>
      <TroubleLine trouble={trouble} />
      <Button kind="primary" wide autoFocus busy={busy} onClick={() => void press()}>
        {t('auth.usePasskey')}
      </Button>
    </>
  );
}

function ByRecoveryCode({ show, onOver }: { readonly show: Shows; readonly onOver: () => void }) {
  const [typed, setTyped] = useState('');
  const form = useForm({ recoveryCode: 'auth.recoveryWrong' });
  return (
    <form
      className="kith-code-entry"
      noValidate
      onSubmit={(event) => {
        const recoveryCode = (filledIn(event)['recoveryCode'] ?? typed).trim();
        const wrong = recoveryCode === '' ? { recoveryCode: t('auth.enterRecovery') } : {};
        void form.send(event, wrong, async () => {
          try {
            await show({ recoveryCode });
          } catch (error) {
            if (!isOver(error)) throw error;
            onOver();
          }
        });
      }}
    >
      <TextField
        label={t('auth.recoveryCode')}
        name="recoveryCode"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        autoFocus
        dir="ltr"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          form.touch('recoveryCode');
        }}
        error={form.wrong['recoveryCode']}
      />
      <TroubleLine trouble={form.trouble} />
      <Button kind="primary" type="submit" wide busy={form.busy}>
        {t('auth.continue')}
      </Button>
    </form>
  );
}

const isOver = (error: unknown): boolean => error instanceof KithError && error.code === 'not_found';
