import type { ConversationEntry, MemberList } from '@kith/client';
import type { MemberRecord } from '@kith/protocol';
import {
  Ellipsis,
  Link2,
  MessageCircle,
  Shield,
  ShieldOff,
  UserMinus,
  UserPlus,
  UserStar,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { nameOf, useMyId, useOutOfReach, usePresence, useUser } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { useWatch } from '../app/watch.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { openInvite } from '../invites/inviting.ts';
import { useMayInvite } from '../invites/useMayInvite.ts';
import { openCard } from '../profile/card.ts';
import { GuestSign } from '../profile/GuestSign.tsx';
import { StatusEmoji } from '../profile/StatusEmoji.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Section } from '../ui/Choice.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { LoadMore } from './LoadMore.tsx';
import type { May } from './may.ts';
import { GhostRows } from './PeopleRows.tsx';

interface Props {
  readonly entry: ConversationEntry;
  readonly may: May;
  readonly onAdd: () => void;
}

export function Members(props: Props) {
  const client = useClient();
  const [list, setList] = useState<MemberList>();
  useEffect(() => {
    const opened = client.conversations.members(props.entry.id);
    setList(opened);
    return () => opened.dispose();
  }, [client, props.entry.id]);
  return list ? <Loaded {...props} list={list} /> : null;
}

/** Loaded with the panel: who may not invite sees nothing of it. */
function InviteByLink({ conversationId }: { readonly conversationId: string }) {
  if (!useMayInvite()) return null;
  return (
    <button type="button" className="kith-person" onClick={() => openInvite({ conversationId })}>
      <span className="kith-action-icon">
        <Link2 size={20} strokeWidth={1.75} aria-hidden="true" />
      </span>
      {t('invites.byLink')}
    </button>
  );
}

/** So many are watched for presence: the first ones, which are on screen when the panel opens. */
const WATCHED = 60;

function Loaded({ entry, may, onAdd, list }: Props & { readonly list: MemberList }) {
  const view = useReadable(list.view);
  const myId = useMyId();
  const away = useOutOfReach();
  const others = view.members.slice(0, WATCHED).map((member) => member.userId);
  useWatch(
    [],
    others.filter((id) => id !== myId),
  );
  return (
    <Section
      title={t('members.title')}
      action={may.add && <IconButton icon={UserPlus} label={t('details.addPeople')} onClick={onAdd} />}
    >
      {may.add && <InviteByLink conversationId={entry.id} />}
      {view.status === 'loading' &&
        (away ? <p className="kith-pane-note">{t('members.offline')}</p> : <GhostRows />)}
      {view.status === 'failed' && (
        <p className="kith-pane-note" role="alert">
          {t('members.failed')}{' '}
          <button type="button" className="kith-link" onClick={() => void list.loadMore()}>
            {t('common.tryAgain')}
          </button>
        </p>
      )}
      <ul>
        {view.members.map((member) => (
          <li key={member.userId} className="kith-person-item">
            <MemberRow entry={entry} may={may} member={member} />
          </li>
        ))}
      </ul>
      <LoadMore more={view.status === 'ready' && !view.atEnd} onMore={() => void list.loadMore()} />
    </Section>
  );
}

interface RowProps {
  readonly entry: ConversationEntry;
  readonly may: May;
  readonly member: MemberRecord;
}

function MemberRow({ entry, may, member }: RowProps) {
  const myId = useMyId();
  const user = useUser(member.userId);
  const presence = usePresence(member.userId);
  const [handing, setHanding] = useState(false);
  const self = member.userId === myId;
  const name = nameOf(user) ?? '…';
  return (
    <div className="kith-person">
      <button
        type="button"
        className="kith-person-open"
        aria-label={t('profile.of', { name })}
        onClick={() => openCard(member.userId)}
      />
      <Avatar
        id={member.userId}
        name={name}
        image={user?.avatar?.blobId}
        size={36}
        presence={self ? undefined : presence?.state}
      />
      <span className="kith-person-lines">
        <span>
          {name}
          <StatusEmoji user={user} />
          <GuestSign user={user} />
          {self && <small> {t('people.you')}</small>}
        </span>
        <small>
          {user ? handleText(user.username) : ' '}
          {presence?.state === 'online' && <span className="kith-hidden">, {t('presence.online')}</span>}
        </small>
      </span>
      {member.role !== 'member' && <span className="kith-role">{t(`members.role.${member.role}`)}</span>}
      {self ? (
        <span className="kith-role-gap" />
      ) : (
        <MemberMenu entry={entry} may={may} member={member} name={name} onHandOver={() => setHanding(true)} />
      )}
      {handing && <HandOver entry={entry} member={member} name={name} onClose={() => setHanding(false)} />}
    </div>
  );
}

function MemberMenu({
  entry,
  may,
  member,
  name,
  onHandOver,
}: RowProps & { readonly name: string; readonly onHandOver: () => void }) {
  const { conversations } = useClient();
  const { id } = entry;
  const { role, userId } = member;
  // They cannot look after a conversation.
  const isGuest = useUser(userId)?.role === 'guest';
  const attempt = (task: () => Promise<void>, done?: () => void): void => {
    task()
      .then(done)
      .catch((error: unknown) => toastError(error, () => attempt(task, done)));
  };
  const write = () => attempt(async () => openConversation(await conversations.openDirect(userId)));
  const remove = () =>
    attempt(
      () => conversations.removeMember(id, userId),
      () =>
        toast(t('members.removed', { name }), {
          action: {
            label: t('common.undo'),
            run: () => attempt(() => conversations.addMembers(id, [userId])),
          },
        }),
    );
  return (
    <Menu trigger={<IconButton icon={Ellipsis} label={t('members.moreAbout', { name })} size="s" bare />}>
      <MenuItem icon={MessageCircle} onSelect={write}>
        {t('members.writeTo', { name })}
      </MenuItem>
      {may.promote(role) && !isGuest && (
        <MenuItem icon={Shield} onSelect={() => attempt(() => conversations.setRole(id, userId, 'admin'))}>
          {t('members.promote')}
        </MenuItem>
      )}
      {may.demote(role) && (
        <MenuItem
          icon={ShieldOff}
          onSelect={() => attempt(() => conversations.setRole(id, userId, 'member'))}
        >
          {t('members.demote')}
        </MenuItem>
      )}
      {may.handOver && !isGuest && (
        <MenuItem icon={UserStar} onSelect={onHandOver}>
          {t('members.handOver')}
        </MenuItem>
      )}
      {may.remove(role) && (
        <>
          <MenuSeparator />
          <MenuItem icon={UserMinus} danger onSelect={remove}>
            {t('members.remove')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

interface HandOverProps {
  readonly entry: ConversationEntry;
  readonly member: MemberRecord;
  readonly name: string;
  readonly onClose: () => void;
}

function HandOver({ entry, member, name, onClose }: HandOverProps) {
  const client = useClient();
  return (
    <Confirm
      title={t('members.handOverAsk', { name })}
      text={t('members.handOverText', { name, conversation: entry.conversation.name })}
      verb={t('members.handOverVerb')}
      onClose={onClose}
      onConfirm={() => client.conversations.transferOwnership(entry.id, member.userId)}
    />
  );
}
