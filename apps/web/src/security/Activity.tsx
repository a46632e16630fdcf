/** What happened to one's account; for who answers for the place, to everybody's. */
import type { Output } from '@kith/protocol';
import { useEffect, useRef, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { nameOf, useOutOfReach, useUser } from '../app/people.ts';
import { fullTime, rowTime, useToday } from '../app/time.ts';
import { type Pages, usePages } from '../app/usePages.ts';
import { t } from '../i18n/index.ts';
import { GhostRows } from '../panels/PeopleRows.tsx';
import { Button } from '../ui/Button.tsx';
import { Section, Segments } from '../ui/Choice.tsx';
import { deviceOf } from './device.ts';
import { looks, unknownLook } from './kinds.ts';

type Event = Output<'listSecurityEvents'>['events'][number];
type Of = 'me' | 'everyone';

export function Activity({ version }: { readonly version: number }) {
  const client = useClient();
  const me = useReadable(client.me);
  const [of, setOf] = useState<Of>('me');
  const oversees = me?.user.role === 'owner' || me?.user.role === 'admin';
  return (
    <Section title={t('security.activity')}>
      {oversees && (
        <Segments
          legend={t('security.activityOf')}
          value={of}
          onChange={setOf}
          options={[
            { value: 'me', label: t('security.activityMine') },
            { value: 'everyone', label: t('security.activityEveryone') },
          ]}
        />
      )}
      <Events key={`${of} ${version}`} of={of} />
    </Section>
  );
}

function Events({ of }: { readonly of: Of }) {
  const client = useClient();
  const pages = usePages(async (cursor) => {
    const { events, next } = await client.security.events({ of, ...(cursor !== null && { cursor }) });
    return { items: events, next };
  });
  return (
    <>
      <ul className="kith-events" aria-label={t('security.activity')}>
        {pages.items.map((event) => (
          <li key={event.id}>
            <EventRow event={event} named={of === 'everyone'} />
          </li>
        ))}
      </ul>
      <Foot pages={pages} />
    </>
  );
}

function Foot({ pages }: { readonly pages: Pages<Event> }) {
  const away = useOutOfReach();
  const { status, items, more, load } = pages;
  // What failed for want of a connection is asked again when there is one.
  const wasAway = useRef(away);
  useEffect(() => {
    const isBack = wasAway.current && !away;
    wasAway.current = away;
    if (isBack && status === 'failed') load();
  });
  if (status === 'loading') return <GhostRows />;
  if (status === 'failed')
    return (
      <p className="kith-pane-note">
        {away ? t('security.activityAway') : t('security.activityFailed')}{' '}
        {!away && (
          <button type="button" className="kith-link" onClick={load}>
            {t('common.tryAgain')}
          </button>
        )}
      </p>
    );
  if (items.length === 0) return <p className="kith-pane-note">{t('security.activityNone')}</p>;
  return more ? (
    <Button kind="plain" wide onClick={load}>
      {t('message.showMore')}
    </Button>
  ) : null;
}

function EventRow({ event, named }: { readonly event: Event; readonly named: boolean }) {
  const today = useToday();
  const { icon: Icon, key, alert } = looks[event.kind] ?? unknownLook;
  const at = Date.parse(event.at);
  return (
    <div className="kith-event">
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" className={alert && 'kith-event-alert'} />
      <div>
        <p>
          <span>{t(key)}</span>
          <time dateTime={event.at} title={fullTime(at)}>
            {rowTime(at, today)}
          </time>
        </p>
        <small className="kith-dotted">
          {named && <Who userId={event.userId} />}
          {event.userAgent !== null && <span>{deviceOf(event.userAgent).name}</span>}
          {event.address !== null && (
            <span>
              <bdi>{event.address}</bdi>
            </span>
          )}
        </small>
      </div>
    </div>
  );
}

function Who({ userId }: { readonly userId: string }) {
  const user = useUser(userId);
  return (
    <b>
      <bdi>{nameOf(user) ?? '…'}</bdi>
    </b>
  );
}
