/** Who is here, and in which role; what may be done to somebody of a lower one. */
import type { Output } from '@kith/protocol';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { usePages } from '../app/usePages.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { GhostRows } from '../panels/PeopleRows.tsx';
import { SearchField } from '../panels/SearchField.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { PersonMenu } from './PersonMenu.tsx';

export type TenantPerson = Output<'listTenantPeople'>['people'][number];

export interface PlacePeopleProps {
  readonly count: number;
  readonly isOwner: boolean;
  readonly hosted: boolean;
  readonly onTransferred: () => void;
}

export function PlacePeople({ count, isOwner, hosted, onTransferred }: PlacePeopleProps) {
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed.trim());
  return (
    <Section
      title={t('place.people')}
      action={<small className="kith-place-count">{t('place.peopleCount', { count })}</small>}
    >
      <SearchField label={t('place.find')} value={typed} onChange={setTyped} />
      <Found key={query} query={query} isOwner={isOwner} hosted={hosted} onTransferred={onTransferred} />
    </Section>
  );
}

function Found({
  query,
  isOwner,
  hosted,
  onTransferred,
}: Omit<PlacePeopleProps, 'count'> & { readonly query: string }) {
  const client = useClient();
  const myId = useMyId();
  /** What was changed since the page was read. */
  const [changed, setChanged] = useState<ReadonlyMap<string, TenantPerson>>(new Map());
  const pages = usePages(async (cursor) => {
    const { people, next } = await client.tenant.people({
      ...(query !== '' && { query }),
      ...(cursor !== null && { cursor }),
    });
    return { items: people, next };
  });
  const { items, status, more, load } = pages;
  if (status === 'loading' && items.length === 0) return <GhostRows />;
  if (status === 'failed')
    return (
      <p className="kith-pane-note">
        {t('place.peopleUnreachable')}{' '}
        <button type="button" className="kith-link" onClick={load}>
          {t('common.tryAgain')}
        </button>
      </p>
    );
  if (items.length === 0) return <p className="kith-pane-note">{t('place.nobody')}</p>;
  return (
    <>
      <ul aria-label={t('place.people')}>
        {items.map((item) => {
          const person = changed.get(item.user.id) ?? item;
          return (
            <li key={person.user.id}>
              <PersonRow person={person} self={person.user.id === myId}>
                {!hosted && person.user.id !== myId && (
                  <PersonMenu
                    person={person}
                    isOwner={isOwner}
                    onChange={(next) => setChanged((before) => new Map(before).set(next.user.id, next))}
                    onTransferred={onTransferred}
                  />
                )}
              </PersonRow>
            </li>
          );
        })}
      </ul>
      {more && (
        <div className="kith-security-body">
          <Button wide busy={status === 'loading'} onClick={load}>
            {t('place.more')}
          </Button>
        </div>
      )}
    </>
  );
}

function PersonRow({
  person: { user, secondFactor, suspendedAt },
  self,
  children,
}: {
  readonly person: TenantPerson;
  readonly self: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className="kith-person" data-over={suspendedAt === null ? undefined : ''}>
      <Avatar id={user.id} name={user.displayName} image={user.avatar?.blobId} size={36} />
      <span className="kith-person-lines">
        <span>
          <bdi>{user.displayName}</bdi>
          {self && <small> {t('people.you')}</small>}
        </span>
        <small className="kith-dotted">
          <span>{handleText(user.username)}</span>
          {user.role !== 'member' && <b>{t(`place.role.${user.role}`)}</b>}
          {secondFactor && <span>{t('place.secondFactor')}</span>}
          {suspendedAt !== null && <span>{t('place.suspended')}</span>}
        </small>
      </span>
      {children}
    </div>
  );
}
