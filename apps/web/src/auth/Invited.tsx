/** From an invitation's link: who invites, and to what; then in with the account one has, or with a new one. */
import type { ReactElement } from 'react';
import { accountsHere, enterOrAsk, isKnownHere } from '../app/session.ts';
import { rich, t } from '../i18n/index.ts';
import { richList } from '../i18n/words.ts';
import { Button } from '../ui/Button.tsx';
import type { Door } from './AuthScreen.tsx';
import { DoorFrame } from './DoorFrame.tsx';
import { GuestEntry } from './GuestEntry.tsx';
import { setPendingInvite } from './invited.ts';
import { LinkPending } from './LinkPending.tsx';
import { useLink } from './useLink.ts';

export function Invited({ door, token }: { readonly door: Door; readonly token: string }) {
  const { offers, move, set } = door;
  const over = (): void => {
    setPendingInvite(null);
    move({ type: 'over' });
  };
  const [state, again] = useLink(async () => {
    const invite = await accountsHere().invite(token);
    if (invite.email !== null) set({ email: invite.email });
    return invite;
  }, over);
  if (state.type !== 'known') return <LinkPending title={t('invite.title')} state={state} onAgain={again} />;
  const { inviter, tenant, conversations, guestSeconds } = state.about;
  const known = isKnownHere();
  const on = (to: 'sign_in' | 'sign_up'): void => {
    setPendingInvite(token);
    move({ type: 'go', to });
  };
  const names = { name: <b>{inviter.name}</b>, place: <b>{tenant}</b> };
  const who =
    conversations.length === 0
      ? rich('invite.toPlace', names)
      : rich('invite.toConversations', { ...names, conversations: listOf(conversations) });
  if (guestSeconds !== null && !known && offers.signUp !== 'closed')
    return (
      <GuestEntry
        door={door}
        token={token}
        seconds={guestSeconds}
        who={who}
        onSignIn={() => on('sign_in')}
        onOver={over}
      />
    );
  return (
    <DoorFrame title={t('invite.title')}>
      <p>{who}</p>
      {known && (
        <>
          <Button
            kind="primary"
            wide
            onClick={() => {
              setPendingInvite(token);
              void enterOrAsk();
            }}
          >
            {t('invite.join')}
          </Button>
          <Button kind="plain" wide onClick={() => void enterOrAsk()}>
            {t('invite.notNow')}
          </Button>
        </>
      )}
      {!known && offers.signUp !== 'closed' && (
        <Button kind="primary" wide onClick={() => on('sign_up')}>
          {t('auth.create')}
        </Button>
      )}
      {!known && (
        <Button
          wide
          kind={offers.signUp === 'closed' ? 'primary' : 'secondary'}
          onClick={() => on('sign_in')}
        >
          {t('invite.signIn')}
        </Button>
      )}
      {!known && offers.signUp === 'closed' && <p className="kith-auth-text">{t('auth.closed')}</p>}
    </DoorFrame>
  );
}

const listOf = (names: readonly string[]): ReactElement => (
  <>{richList([...new Set(names)].map((name) => <b key={name}>{name}</b>))}</>
);
