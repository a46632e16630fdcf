/** Where this person is signed in, and how to end it there. */
import type { Output } from '@kith/protocol';
import { Bot, type LucideIcon, Monitor, Smartphone } from 'lucide-react';
import { type MouseEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { ago, useMinute } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { GhostRows } from '../panels/PeopleRows.tsx';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { deviceOf } from './device.ts';

type Session = Output<'listSessions'>['sessions'][number];
type State = readonly Session[] | 'loading' | 'failed';

const ICONS: Record<ReturnType<typeof deviceOf>['kind'], LucideIcon> = {
  phone: Smartphone,
  computer: Monitor,
  program: Bot,
};

export interface SessionsProps {
  /** Another: something happened that may have ended some. */
  readonly version: number;
  readonly onChange: () => void;
}

export function Sessions({ version, onChange }: SessionsProps) {
  const client = useClient();
  const [state, setState] = useState<State>('loading');
  const [busy, run] = useRun();

  const load = useCallback(async () => {
    try {
      setState(await client.sessions.list());
    } catch {
      setState((before) => (typeof before === 'string' ? 'failed' : before));
    }
  }, [client]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version asks again.
  useEffect(() => void load(), [load, version]);

  // A button that did its work goes, and the focus with it: the list takes it, which tells what is left.
  const list = useRef<HTMLUListElement>(null);
  const reload = async (pressed: HTMLElement): Promise<void> => {
    await load();
    onChange();
    const at = document.activeElement;
    if (at === pressed || at === document.body) list.current?.focus({ preventScroll: true });
  };

  // This device first, then as the server orders them: by last use.
  const sessions =
    typeof state === 'string' ? [] : state.toSorted((a, b) => Number(b.current) - Number(a.current));
  const revokeOthers = ({ currentTarget }: MouseEvent<HTMLElement>) =>
    run(async () => {
      await client.sessions.revokeOthers();
      await reload(currentTarget);
      toast(t('settings.signedOutOthers'));
    });
  return (
    <Section
      title={t('settings.devices')}
      action={
        sessions.length > 1 && (
          <Button kind="plain" busy={busy} onClick={revokeOthers}>
            {t('settings.signOutOthers')}
          </Button>
        )
      }
    >
      {state === 'loading' && <GhostRows />}
      {state === 'failed' && (
        <p className="kith-pane-note">
          {t('settings.devicesUnreachable')}{' '}
          <button type="button" className="kith-link" onClick={() => void load()}>
            {t('common.tryAgain')}
          </button>
        </p>
      )}
      <ul ref={list} tabIndex={-1} aria-label={t('settings.devices')}>
        {sessions.map((session) => (
          <li key={session.id}>
            <SessionRow session={session} onGone={reload} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SessionRow({
  session,
  onGone,
}: {
  readonly session: Session;
  readonly onGone: (pressed: HTMLElement) => Promise<void>;
}) {
  const client = useClient();
  const now = useMinute();
  const [busy, setBusy] = useState(false);
  const device = deviceOf(session.userAgent);
  const Icon = ICONS[device.kind];
  const revoke = async (pressed: HTMLElement): Promise<void> => {
    setBusy(true);
    try {
      await client.sessions.revoke(session.id);
      await onGone(pressed);
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  };
  return (
    <div className="kith-session">
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      <span className="kith-person-lines">
        <span>{device.name}</span>
        <small className="kith-dotted">
          <span>
            {session.current
              ? t('settings.thisDevice')
              : t('settings.lastUsed', {
                  when: ago(Date.parse(session.lastSeenAt), Math.max(now, Date.now())),
                })}
          </span>
          {session.address && (
            <span>
              <bdi>{session.address}</bdi>
            </span>
          )}
        </small>
      </span>
      {!session.current && (
        <Button
          kind="plain"
          busy={busy}
          onClick={(event) => void revoke(event.currentTarget)}
          aria-label={t('settings.signOutNamed', { device: device.name })}
        >
          {t('settings.signOut')}
        </Button>
      )}
    </div>
  );
}
