/** Guests who are here now: one's own, or for admins everybody's. They may stay longer, or their visit ends. */
import type { Output } from '@kith/protocol';
import { DoorOpen, Ellipsis, Hourglass } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useMyId, useOutOfReach, useUser } from '../app/people.ts';
import { longDate } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { openCard } from '../profile/card.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';

type Guest = Output<'listGuests'>['guests'][number];

const DAY_MS = 86_400_000;

interface Known {
  readonly guests: readonly Guest[];
  readonly next: string | null;
}

export function GuestList() {
  const client = useClient();
  const away = useOutOfReach();
  const [known, setKnown] = useState<Known | null>(null);
  const [ending, setEnding] = useState<Guest | null>(null);
  const [, run] = useRun();
  const list = useRef<HTMLUListElement>(null);
  const load = useCallback(
    async (after?: Known) => {
      const page = await client.guests.list(after?.next ? { cursor: after.next } : {});
      setKnown({ guests: [...(after?.guests ?? []), ...page.guests], next: page.next });
    },
    [client],
  );
  useEffect(() => {
    if (away) return;
    // What was known is true enough until the server is back.
    load().catch((error: unknown) => console.warn('Which guests there are is not known:', error));
  }, [load, away]);
  if (!known || (known.guests.length === 0 && !ending)) return null;
  const extend = ({ user, until }: Guest, days: number): void =>
    run(async () => {
      const end = new Date(Math.max(Date.now(), Date.parse(until)) + days * DAY_MS);
      const when = longDate(Date.parse(await client.guests.mayStay(user.id, end)));
      toast(t('guests.extended', { name: user.displayName, when }));
      await load();
    });
  return (
    <Section title={t('guests.title')}>
      <ul ref={list} tabIndex={-1} aria-label={t('guests.title')}>
        {known.guests.map((guest) => (
          <Row
            key={guest.user.id}
            guest={guest}
            onExtend={(days) => extend(guest, days)}
            onEnd={() => setEnding(guest)}
          />
        ))}
      </ul>
      {known.next !== null && (
        <div className="kith-security-body">
          <Button wide onClick={() => run(() => load(known))}>
            {t('invites.more')}
          </Button>
        </div>
      )}
      {ending && (
        <Confirm
          title={t('guests.endAsk', { name: ending.user.displayName })}
          text={t('guests.endText')}
          verb={t('guests.end')}
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await client.guests.end(ending.user.id);
            await load();
            list.current?.focus({ preventScroll: true });
          }}
        />
      )}
    </Section>
  );
}

interface RowProps {
  readonly guest: Guest;
  readonly onExtend: (days: number) => void;
  readonly onEnd: () => void;
}

function Row({ guest: { user, until, invitedBy }, onExtend, onEnd }: RowProps) {
  const myId = useMyId();
  const host = useUser(invitedBy);
  const name = user.displayName;
  return (
    <li className="kith-person">
      <button
        type="button"
        className="kith-person-open"
        aria-label={t('profile.of', { name })}
        onClick={() => openCard(user.id)}
      />
      <Avatar id={user.id} name={name} image={user.avatar?.blobId} size={36} />
      <span className="kith-person-lines">
        <span>
          <bdi>{name}</bdi>
        </span>
        <small>
          {invitedBy !== myId && host && (
            <>
              <bdi>{t('invites.from', { name: host.displayName })}</bdi>
              {' · '}
            </>
          )}
          {t('invites.until', { when: longDate(Date.parse(until)) })}
        </small>
      </span>
      <Menu trigger={<IconButton icon={Ellipsis} label={t('guests.more', { name })} size="s" bare />}>
        <MenuItem icon={Hourglass} onSelect={() => onExtend(7)}>
          {t('guests.week')}
        </MenuItem>
        <MenuItem icon={Hourglass} onSelect={() => onExtend(30)}>
          {t('guests.month')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={DoorOpen} danger onSelect={onEnd}>
          {t('guests.end')}
        </MenuItem>
      </Menu>
    </li>
  );
}
