/** Accounts at other services that one signs in by. Not there where there are none to connect. */
import { KithError } from '@kith/client';
import type { Output, SignInOptions } from '@kith/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useOutOfReach } from '../app/people.ts';
import { accountsHere } from '../app/session.ts';
import { ServiceIcon } from '../auth/ServiceIcon.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { confirmed } from './confirmed.ts';
import '../auth/outside.css';

type Link = Output<'listLinks'>['links'][number];
type Provider = SignInOptions['providers'][number];

interface Known {
  readonly links: readonly Link[];
  readonly providers: readonly Provider[];
}

export interface LinksSectionProps {
  /** Another: something happened that may have changed them. */
  readonly version: number;
  readonly onChange: () => void;
}

export function LinksSection({ version, onChange }: LinksSectionProps) {
  const client = useClient();
  const away = useOutOfReach();
  const [known, setKnown] = useState<Known>();
  const load = useCallback(async () => {
    try {
      const [links, { providers = [] }] = await Promise.all([
        client.security.links(),
        accountsHere().options(),
      ]);
      setKnown({ links, providers });
    } catch (error) {
      // What was known is true enough until the server is back.
      console.warn('What is connected is not known:', error);
    }
  }, [client]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version asks again.
  useEffect(() => {
    if (!away) void load();
  }, [load, away, version]);

  const list = useRef<HTMLUListElement>(null);
  if (!known || (known.links.length === 0 && known.providers.length === 0)) return null;
  const { links, providers } = known;
  const presetOf = (id: string) => providers.find((provider) => provider.id === id)?.preset ?? 'oidc';
  return (
    <Section title={t('security.links')}>
      <ul ref={list} tabIndex={-1} aria-label={t('security.links')}>
        {links.map((link) => (
          <li key={link.id} className="kith-person kith-session">
            <span className="kith-action-icon">
              <ServiceIcon preset={presetOf(link.provider)} />
            </span>
            <span className="kith-person-lines">
              <span>{link.name}</span>
              {link.label !== null && (
                <small>
                  <bdi>{link.label}</bdi>
                </small>
              )}
            </span>
            <Disconnect
              link={link}
              onGone={async () => {
                await load();
                onChange();
                list.current?.focus({ preventScroll: true });
              }}
            />
          </li>
        ))}
      </ul>
      <div className="kith-security-body">
        {links.length === 0 && <p className="kith-security-text">{t('security.linksHint')}</p>}
        <div className="kith-security-ways">
          {providers.map((provider) => (
            <Connect key={provider.id} provider={provider} />
          ))}
        </div>
      </div>
    </Section>
  );
}

function Connect({ provider: { id, name, preset } }: { readonly provider: Provider }) {
  const client = useClient();
  const [busy, run] = useRun();
  return (
    <Button
      busy={busy}
      onClick={() =>
        run(async () => {
          await confirmed(async () => location.assign(await client.security.beginLink(id)));
        })
      }
    >
      <ServiceIcon preset={preset} />
      {t('security.connect', { service: name })}
    </Button>
  );
}

function Disconnect({ link, onGone }: { readonly link: Link; readonly onGone: () => Promise<void> }) {
  const client = useClient();
  const [busy, run] = useRun();
  return (
    <Button
      kind="plain"
      busy={busy}
      aria-label={t('security.disconnectFrom', { service: link.name })}
      onClick={() =>
        run(async () => {
          try {
            if (!(await confirmed(() => client.security.unlink(link.id)))) return;
          } catch (error) {
            if (!(error instanceof KithError) || error.code !== 'conflict') throw error;
            return toast(t('security.onlyWay'), { tone: 'error' });
          }
          toast(t('security.disconnected', { service: link.name }));
          await onGone();
        })
      }
    >
      {t('security.disconnect')}
    </Button>
  );
}
