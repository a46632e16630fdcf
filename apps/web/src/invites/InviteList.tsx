/** Links that lead in, the newest first: copied again by who made them, revoked by them and by admins. */
import type { Output } from '@kith/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { nameOf, useMyId, useOutOfReach, useUser } from '../app/people.ts';
import { fullTime, longDate } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { toastError } from '../ui/toast.ts';
import { copyLink } from './copyLink.ts';
import { useInvitesMade } from './inviting.ts';

type Invite = Output<'listInvites'>['invites'][number];

interface Known {
  readonly invites: readonly Invite[];
  readonly next: string | null;
}

export function InviteList({ of }: { readonly of: 'me' | 'everyone' }) {
  const client = useClient();
  const away = useOutOfReach();
  const made = useInvitesMade();
  const [known, setKnown] = useState<Known | null>(null);
  const [revoking, setRevoking] = useState<Invite | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const load = useCallback(
    async (after?: Known) => {
      try {
        const page = await client.invites.list({ of, ...(after?.next && { cursor: after.next }) });
        setKnown({ invites: [...(after?.invites ?? []), ...page.invites], next: page.next });
      } catch (error) {
        // What was known is true enough until the server is back.
        if (after) toastError(error);
        else console.warn('Which invitations there are is not known:', error);
      }
    },
    [client, of],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another that was made asks again.
  useEffect(() => {
    if (!away) void load();
  }, [load, away, made]);
  if (!known) return null;
  return (
    <Section title={t(of === 'me' ? 'invites.mine' : 'invites.all')}>
      <ul ref={list} tabIndex={-1} aria-label={t('invites.all')}>
        {known.invites.map((invite) => (
          <Row key={invite.id} invite={invite} onRevoke={() => setRevoking(invite)} />
        ))}
      </ul>
      {known.invites.length === 0 && <p className="kith-pane-note">{t('invites.none')}</p>}
      {known.next !== null && (
        <div className="kith-security-body">
          <Button wide onClick={() => void load(known)}>
            {t('invites.more')}
          </Button>
        </div>
      )}
      {revoking && (
        <Confirm
          title={t('invites.revokeAsk')}
          text={t('invites.revokeText')}
          verb={t('invites.revoke')}
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await client.invites.revoke(revoking.id);
            await load();
            list.current?.focus({ preventScroll: true });
          }}
        />
      )}
    </Section>
  );
}

function Row({ invite, onRevoke }: { readonly invite: Invite; readonly onRevoke: () => void }) {
  const myId = useMyId();
  const maker = useUser(invite.madeBy);
  const { state, uses, maxUses, expiresAt, token } = invite;
  const name = invite.note || invite.email || t('invites.link');
  return (
    <li className="kith-person kith-session" data-over={state === 'open' ? undefined : ''}>
      <span className="kith-person-lines">
        <span>
          <bdi>{name}</bdi>
        </span>
        <small className="kith-dotted">
          {invite.role === 'guest' && <span>{t('invites.forGuests')}</span>}
          {invite.madeBy !== myId && maker && <bdi>{t('invites.from', { name: nameOf(maker) })}</bdi>}
          <span>
            {maxUses === null ? t('invites.uses', { uses }) : t('invites.usesOf', { uses, most: maxUses })}
          </span>
          {state === 'open' ? (
            <span title={expiresAt === null ? undefined : fullTime(Date.parse(expiresAt))}>
              {expiresAt === null
                ? t('invites.forever')
                : t('invites.until', { when: longDate(Date.parse(expiresAt)) })}
            </span>
          ) : (
            <span>{t(`invites.state.${state}`)}</span>
          )}
        </small>
      </span>
      {token !== null && (
        <Button
          kind="plain"
          aria-label={t('invites.copyNamed', { name })}
          onClick={() => void copyLink(token)}
        >
          {t('common.copy')}
        </Button>
      )}
      {state === 'open' && (
        <Button kind="plain" aria-label={t('invites.revokeNamed', { name })} onClick={onRevoke}>
          {t('invites.revoke')}
        </Button>
      )}
    </li>
  );
}
