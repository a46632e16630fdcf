/** For the owner and admins: who may make an account, and who may invite. */
import type { Output, SignUpPolicy } from '@kith/protocol';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { confirmed } from '../security/confirmed.ts';
import { Button } from '../ui/Button.tsx';
import { Choice, Section } from '../ui/Choice.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';

type Policy = Output<'getJoinPolicy'>;

export function PolicySection() {
  const client = useClient();
  const [policy, setPolicy] = useState<Policy | null>(null);
  const [naming, setNaming] = useState(false);
  const [busy, run] = useRun();
  useEffect(() => {
    let over = false;
    client.invites.policy().then(
      (known) => over || setPolicy(known),
      (error: unknown) => console.warn('Who may come in is not known:', error),
    );
    return () => {
      over = true;
    };
  }, [client]);
  if (policy === null) return null;
  const { effective } = policy;
  const change = async (to: Parameters<typeof client.invites.updatePolicy>[0]): Promise<void> => {
    const done = await confirmed(async () => setPolicy(await client.invites.updatePolicy(to)));
    if (!done) return;
    setNaming(false);
    toast(t('invites.policySaved'));
  };
  const choose = (signUp: SignUpPolicy): void => {
    // Which, has to be said first.
    if (signUp === 'domains' && policy.domains.length === 0) setNaming(true);
    else run(() => change({ signUp }));
  };
  const chosen = naming ? 'domains' : (policy.signUp ?? effective.signUp);
  return (
    <>
      <Section title={t('invites.policy')}>
        <Choice
          legend={t('invites.policy')}
          bare
          value={chosen}
          disabled={busy}
          onChange={choose}
          options={[
            { value: 'open', label: t('invites.open'), hint: t('invites.openHint') },
            {
              value: 'domains',
              label: t('invites.domains'),
              hint: t(policy.provesAddresses ? 'invites.domainsHint' : 'invites.domainsNoMail'),
            },
            {
              value: 'invited',
              label: t('invites.invited'),
              // Where nobody said who invites, this choice says it too.
              ...(policy.inviteBy === null && { hint: t('invites.invitedHint') }),
            },
            { value: 'closed', label: t('invites.closed'), hint: t('invites.closedHint') },
          ]}
        />
        {chosen === 'domains' && (
          <Domains
            key={policy.domains.join()}
            known={policy.domains}
            onSave={(domains) => change({ signUp: 'domains', domains })}
          />
        )}
      </Section>
      <Section title={t('invites.by')}>
        <Choice
          legend={t('invites.by')}
          bare
          value={effective.inviteBy}
          disabled={busy}
          onChange={(inviteBy) => run(() => change({ inviteBy }))}
          options={[
            { value: 'members', label: t('invites.byMembers') },
            { value: 'admins', label: t('invites.byAdmins'), hint: t('invites.byAdminsHint') },
          ]}
        />
      </Section>
    </>
  );
}

function Domains({
  known,
  onSave,
}: {
  readonly known: readonly string[];
  readonly onSave: (domains: string[]) => Promise<void>;
}) {
  const id = useId();
  const [text, setText] = useState(known.join('\n'));
  const [wrong, setWrong] = useState(false);
  const [busy, run] = useRun();
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const domains = text
      .split(/[\s,;]+/)
      .map((word) => word.replace(/^@/, ''))
      .filter(Boolean);
    run(async () => {
      try {
        await onSave(domains);
      } catch (error) {
        if (!fieldErrors(error)) throw error;
        setWrong(true);
      }
    });
  };
  return (
    <form className="kith-security-body" onSubmit={save}>
      <div className="kith-field">
        <label htmlFor={id}>{t('invites.domainsField')}</label>
        <div className="kith-field-box" data-invalid={wrong || undefined}>
          <textarea
            id={id}
            rows={3}
            dir="ltr"
            spellCheck={false}
            autoCapitalize="none"
            placeholder="example.org"
            value={text}
            aria-describedby={`${id}-note`}
            onChange={(event) => {
              setText(event.target.value);
              setWrong(false);
            }}
          />
        </div>
        <p id={`${id}-note`} className="kith-field-note" data-error={wrong ? '' : undefined}>
          {t(wrong ? 'invites.domainsWrong' : 'invites.domainsNote')}
        </p>
      </div>
      <div className="kith-form-end">
        <Button type="submit" busy={busy} disabled={text.trim() === ''}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
