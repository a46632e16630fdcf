/** The address one signs in with: whether it was proven, and how to prove or change it. */
import { BadgeCheck, CircleAlert } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { CodeEntry } from '../auth/CodeEntry.tsx';
import { wrongEmail } from '../auth/check.ts';
import { EmailField } from '../auth/EmailField.tsx';
import { TroubleLine } from '../auth/Trouble.tsx';
import { filledIn, useForm } from '../auth/useForm.ts';
import { rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { confirmed } from './confirmed.ts';
import type { Account, AccountState } from './useAccount.ts';
import { useFocusBack } from './useFocusBack.ts';

export interface EmailSectionProps {
  readonly state: AccountState;
  readonly reload: () => void;
  readonly onChange: () => void;
}

export function EmailSection({ state, reload, onChange }: EmailSectionProps) {
  return (
    <Section title={t('security.email')}>
      {state.type === 'loading' && (
        <div className="kith-security-body">
          <Skeleton width={200} height={16} />
        </div>
      )}
      {state.type === 'failed' && (
        <p className="kith-pane-note">
          {t('security.accountUnreachable')}{' '}
          <button type="button" className="kith-link" onClick={reload}>
            {t('common.tryAgain')}
          </button>
        </p>
      )}
      {state.type === 'known' && <Address account={state.account} onChange={onChange} />}
    </Section>
  );
}

type Stage =
  | { readonly type: 'shown'; readonly over?: true }
  | { readonly type: 'changing' }
  | { readonly type: 'code'; readonly email: string; readonly ticket: string };

function Address({ account, onChange }: { readonly account: Account; readonly onChange: () => void }) {
  const client = useClient();
  const [stage, setStage] = useState<Stage>({ type: 'shown' });
  const [busy, run] = useRun();
  const changeButton = useFocusBack(stage.type === 'shown');

  /** False: the person would rather not. */
  const sendCode = (email: string): Promise<boolean> =>
    confirmed(async () => {
      const { ticket } = await client.security.changeEmail(email);
      setStage({ type: 'code', email, ticket });
    });

  if (stage.type === 'changing')
    return <ChangeEmail onSend={sendCode} onLeave={() => setStage({ type: 'shown' })} />;
  if (stage.type === 'code')
    return (
      <div className="kith-security-body">
        <p className="kith-security-text">
          {rich('auth.codeTextTo', { email: <b className="kith-address">{stage.email}</b> })}
        </p>
        <CodeEntry
          onCode={async (code) => {
            const email = await client.security.confirmEmail({ ticket: stage.ticket, code });
            toast(t(email === account.email ? 'security.emailVerified' : 'security.emailChanged', { email }));
            setStage({ type: 'shown' });
            onChange();
          }}
          onResend={() => sendCode(stage.email)}
          words={{ conflict: 'security.emailTaken' }}
          onOver={() => setStage({ type: 'shown', over: true })}
        >
          <Button kind="plain" onClick={() => setStage({ type: 'shown' })}>
            {t('common.cancel')}
          </Button>
        </CodeEntry>
      </div>
    );
  const { email, emailVerified, mail } = account;
  return (
    <div className="kith-security-body">
      {email !== null && (
        <p className="kith-security-address">
          <bdi>{email}</bdi>
          {emailVerified && (
            <small>
              <BadgeCheck size={16} strokeWidth={1.75} aria-hidden="true" />
              {t('security.verified')}
            </small>
          )}
          {!emailVerified && mail && (
            <small data-alert="">
              <CircleAlert size={16} strokeWidth={1.75} aria-hidden="true" />
              {t('security.unverified')}
            </small>
          )}
        </p>
      )}
      {stage.over && (
        <p className="kith-security-text" role="alert">
          {t('security.codeOver')}
        </p>
      )}
      {mail && !emailVerified && (
        <p className="kith-security-text">{t(email === null ? 'security.noEmail' : 'security.verifyWhy')}</p>
      )}
      {mail ? (
        <div className="kith-security-ways">
          {email !== null && !emailVerified && (
            <Button kind="primary" busy={busy} onClick={() => run(async () => void (await sendCode(email)))}>
              {t('security.verify')}
            </Button>
          )}
          <Button ref={changeButton} onClick={() => setStage({ type: 'changing' })}>
            {t(email === null ? 'security.addEmail' : 'security.changeEmail')}
          </Button>
        </div>
      ) : (
        <p className="kith-security-text">{t('security.noMail')}</p>
      )}
    </div>
  );
}

function ChangeEmail({
  onSend,
  onLeave,
}: {
  readonly onSend: (email: string) => Promise<boolean>;
  readonly onLeave: () => void;
}) {
  const [typed, setTyped] = useState('');
  const form = useForm();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const email = (filledIn(event)['email'] ?? typed).trim();
    void form.send(event, wrongEmail(email), async () => {
      if (!(await onSend(email))) form.reset();
    });
  };
  return (
    <form className="kith-security-body" noValidate onSubmit={submit}>
      <EmailField
        label={t('security.newEmail')}
        autoFocus
        value={typed}
        onChange={(email) => {
          setTyped(email);
          form.touch('email');
        }}
        error={form.wrong['email']}
        hint={t('security.newEmailHint')}
      />
      <TroubleLine trouble={form.trouble} />
      <div className="kith-form-end">
        <Button onClick={onLeave}>{t('common.cancel')}</Button>
        <Button kind="primary" type="submit" busy={form.busy}>
          {t('auth.continue')}
        </Button>
      </div>
    </form>
  );
}
