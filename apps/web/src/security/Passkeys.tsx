/** Passkeys: added on this device, called something one knows them by, removed. */
import type { Output } from '@kith/protocol';
import { KeyRound, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { ago, useMinute } from '../app/time.ts';
import { type Trouble, TroubleLine } from '../auth/Trouble.tsx';
import { filledIn, useForm } from '../auth/useForm.ts';
import { wordsFor } from '../auth/usePasskey.ts';
import { canPasskey, makePasskey } from '../auth/webauthn.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast } from '../ui/toast.ts';
import { confirmed } from './confirmed.ts';
import { deviceOf } from './device.ts';
import { useFocusBack } from './useFocusBack.ts';

type Passkey = Output<'getFactors'>['passkeys'][number];

export interface PasskeysProps {
  readonly passkeys: readonly Passkey[];
  /** With recovery codes that are to be shown now. */
  readonly onChange: (codes: readonly string[] | null) => void;
}

export function Passkeys({ passkeys, onChange }: PasskeysProps) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const add = async (): Promise<void> => {
    setBusy(true);
    setTrouble(undefined);
    try {
      let codes: readonly string[] | null = null;
      const done = await confirmed(async () => {
        const { ticket, options } = await client.security.beginPasskey();
        const passkey = await makePasskey(options);
        const name = deviceOf(navigator.userAgent).name;
        codes = (await client.security.addPasskey({ ticket, passkey, name })).recoveryCodes;
      });
      if (done) {
        toast(t('factors.passkeyAdded'));
        onChange(codes);
      }
    } catch (error) {
      const isHere = error instanceof DOMException && error.name === 'InvalidStateError';
      setTrouble(isHere ? { type: 'failed', text: t('factors.passkeyHere') } : wordsFor(error));
    }
    setBusy(false);
  };
  return (
    <Section title={t('factors.passkeys')}>
      <ul aria-label={t('factors.passkeys')}>
        {passkeys.map((passkey) => (
          <li key={passkey.id}>
            <PasskeyRow passkey={passkey} onChange={() => onChange(null)} />
          </li>
        ))}
      </ul>
      <div className="kith-security-body">
        <p className="kith-security-text">
          {t(canPasskey() ? 'factors.passkeysText' : 'factors.passkeysNot')}
        </p>
        <TroubleLine trouble={trouble} />
        {canPasskey() && (
          <div className="kith-security-ways">
            <Button busy={busy} onClick={() => void add()}>
              {t('factors.passkeyAdd')}
            </Button>
          </div>
        )}
      </div>
    </Section>
  );
}

type Stage = 'shown' | 'renaming' | 'removing';

function PasskeyRow({ passkey, onChange }: { readonly passkey: Passkey; readonly onChange: () => void }) {
  const client = useClient();
  const now = useMinute();
  const [stage, setStage] = useState<Stage>('shown');
  const button = useFocusBack(stage !== 'renaming');
  const { id, name, createdAt, usedAt } = passkey;
  const when = (at: string): string => ago(Date.parse(at), Math.max(now, Date.now()));
  if (stage === 'renaming')
    return <Rename passkey={passkey} onChange={onChange} onLeave={() => setStage('shown')} />;
  return (
    <div className="kith-session">
      <KeyRound size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-person-lines">
        <span>
          <bdi>{name}</bdi>
        </span>
        <small>
          {usedAt === null
            ? t('factors.passkeyNew', { when: when(createdAt) })
            : t('settings.lastUsed', { when: when(usedAt) })}
        </small>
      </span>
      <IconButton
        ref={button}
        icon={Pencil}
        label={t('factors.renameNamed', { name })}
        onClick={() => setStage('renaming')}
      />
      <IconButton
        icon={Trash2}
        label={t('factors.removeNamed', { name })}
        onClick={() => setStage('removing')}
      />
      {stage === 'removing' && (
        <Confirm
          title={t('factors.passkeyRemoveTitle', { name })}
          text={t('factors.passkeyRemoveText')}
          verb={t('factors.remove')}
          onConfirm={async () => {
            if (await confirmed(() => client.security.removePasskey(id))) onChange();
          }}
          onClose={() => setStage('shown')}
        />
      )}
    </div>
  );
}

function Rename({
  passkey,
  onChange,
  onLeave,
}: {
  readonly passkey: Passkey;
  readonly onChange: () => void;
  readonly onLeave: () => void;
}) {
  const client = useClient();
  const [typed, setTyped] = useState(passkey.name);
  const form = useForm();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    const name = (filledIn(event)['name'] ?? typed).trim();
    void form.send(event, name === '' ? { name: t('auth.enterName') } : {}, async () => {
      if (await confirmed(() => client.security.renamePasskey(passkey.id, name))) onChange();
      onLeave();
    });
  };
  return (
    <form className="kith-security-body" noValidate onSubmit={submit}>
      <TextField
        label={t('factors.passkeyName')}
        name="name"
        maxLength={60}
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          form.touch('name');
        }}
        error={form.wrong['name']}
      />
      <TroubleLine trouble={form.trouble} />
      <div className="kith-form-end">
        <Button onClick={onLeave}>{t('common.cancel')}</Button>
        <Button kind="primary" type="submit" busy={form.busy}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
