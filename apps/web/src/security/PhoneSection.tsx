/** The number one signs in by: added, changed, and taken away. */
import { KithError } from '@kith/client';
import type { Output } from '@kith/protocol';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useOutOfReach } from '../app/people.ts';
import { CodeEntry, PHONE_CODE_WORDS } from '../auth/CodeEntry.tsx';
import { PHONE_WORDS, PhoneField, wrongPhone } from '../auth/PhoneField.tsx';
import { asNumber } from '../auth/phone.ts';
import { TroubleLine } from '../auth/Trouble.tsx';
import { filledIn, useForm } from '../auth/useForm.ts';
import { rich, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { toast } from '../ui/toast.ts';
import { confirmed } from './confirmed.ts';
import { useFocusBack } from './useFocusBack.ts';

type Phone = Output<'getPhone'>;

type Stage =
  | { readonly type: 'shown'; readonly over?: true }
  | { readonly type: 'typing' }
  | { readonly type: 'code'; readonly typed: string; readonly phone: string; readonly ticket: string }
  | { readonly type: 'removing' };

/** Undefined: it is not known yet, and what nobody needs takes no place meanwhile. */
function usePhone(): readonly [phone: Phone | undefined, reload: () => void] {
  const client = useClient();
  const away = useOutOfReach();
  const [phone, setPhone] = useState<Phone>();
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another asking asks again.
  useEffect(() => {
    if (away) return;
    let over = false;
    client.security.phone().then(
      (known) => over || setPhone(known),
      (error: unknown) => console.warn('The number one signs in by is not known:', error),
    );
    return () => {
      over = true;
    };
  }, [client, away, asked]);
  return [phone, useCallback(() => setAsked((count) => count + 1), [])];
}

export function PhoneSection({ onChange }: { readonly onChange: () => void }) {
  const [known, reload] = usePhone();
  // A number from the time when this server sent texts can still be taken away.
  if (!known || (!known.works && !known.phone)) return null;
  return (
    <Section title={t('phone.title')}>
      <OwnNumber
        known={known}
        onChange={() => {
          reload();
          onChange();
        }}
      />
    </Section>
  );
}

function OwnNumber({ known, onChange }: { readonly known: Phone; readonly onChange: () => void }) {
  const client = useClient();
  const [stage, setStage] = useState<Stage>({ type: 'shown' });
  const button = useFocusBack(stage.type === 'shown');

  /** False: the person would rather not. */
  const sendCode = (typed: string): Promise<boolean> =>
    confirmed(async () => {
      const { ticket, phone } = await client.security.changePhone(asNumber(typed));
      setStage({ type: 'code', typed, phone, ticket });
    });
  const remove = async (): Promise<void> => {
    try {
      if (!(await confirmed(() => client.security.removePhone()))) return;
    } catch (error) {
      if (!(error instanceof KithError) || error.code !== 'conflict') throw error;
      toast(t('phone.onlyWay'));
      return;
    }
    toast(t('phone.removed'));
    onChange();
  };

  if (stage.type === 'typing')
    return <TypeNumber onSend={sendCode} onLeave={() => setStage({ type: 'shown' })} />;
  if (stage.type === 'code')
    return (
      <div className="kith-security-body">
        <p className="kith-security-text">
          {rich('auth.codeTextTo', {
            email: (
              <b className="kith-address" dir="ltr">
                {stage.phone}
              </b>
            ),
          })}
        </p>
        <CodeEntry
          onCode={async (code) => {
            const { shown } = await client.security.confirmPhone({ ticket: stage.ticket, code });
            toast(t('phone.saved', { phone: shown }));
            setStage({ type: 'shown' });
            onChange();
          }}
          onResend={() => sendCode(stage.typed)}
          words={{ ...PHONE_CODE_WORDS, conflict: 'phone.taken' }}
          onOver={() => setStage({ type: 'shown', over: true })}
        >
          <Button kind="plain" onClick={() => setStage({ type: 'shown' })}>
            {t('common.cancel')}
          </Button>
        </CodeEntry>
      </div>
    );
  const { phone, works } = known;
  return (
    <div className="kith-security-body">
      {phone ? (
        <p className="kith-security-address">
          <bdi dir="ltr">{phone.shown}</bdi>
        </p>
      ) : (
        <p className="kith-security-text">{t('phone.none')}</p>
      )}
      {stage.type === 'shown' && stage.over && (
        <p className="kith-security-text" role="alert">
          {t('security.codeOver')}
        </p>
      )}
      <div className="kith-security-ways">
        {works && (
          <Button ref={button} onClick={() => setStage({ type: 'typing' })}>
            {t(phone ? 'phone.change' : 'phone.add')}
          </Button>
        )}
        {phone && (
          <Button kind="danger-quiet" onClick={() => setStage({ type: 'removing' })}>
            {t('phone.remove')}
          </Button>
        )}
      </div>
      {stage.type === 'removing' && (
        <Confirm
          title={t('phone.remove')}
          text={t('phone.removeText')}
          verb={t('phone.remove')}
          onConfirm={remove}
          onClose={() => setStage({ type: 'shown' })}
        />
      )}
    </div>
  );
}

function TypeNumber({
  onSend,
  onLeave,
}: {
  readonly onSend: (typed: string) => Promise<boolean>;
  readonly onLeave: () => void;
}) {
  const [typed, setTyped] = useState('');
  const form = useForm(PHONE_WORDS);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const phone = filledIn(event)['phone'] ?? typed;
    void form.send(event, wrongPhone(phone), async () => {
      if (!(await onSend(phone))) form.reset();
    });
  };
  return (
    <form className="kith-security-body" noValidate onSubmit={submit}>
      <PhoneField
        value={typed}
        onChange={(phone) => {
          setTyped(phone);
          form.touch('phone');
        }}
        error={form.wrong['phone']}
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
