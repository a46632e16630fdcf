/** What happened to the conversation itself: one quiet line; many in a row fold into one. */
import type { TimelineMessage } from '@kith/client';
import type { MessageRecord, Role, SystemEvent } from '@kith/protocol';
import { Fragment, memo, type ReactNode, useState } from 'react';
import { useMessageContext } from './context.tsx';
import { isExpanded, setExpanded } from './long.ts';
import { UserName } from './names.tsx';
import { formatFull } from './time.ts';

/** So many are shown as they are. */
const FOLD_ABOVE = 3;
/** Names before "and 4 others". */
const NAMES = 4;

export const SystemRow = memo(function SystemRow({
  messages,
}: {
  readonly messages: readonly TimelineMessage[];
}) {
  const key = messages[0]?.key ?? '';
  const [open, setOpen] = useState(() => isExpanded(key));
  const folded = messages.length > FOLD_ABOVE && !open;
  const shown = folded ? messages.slice(0, 1) : messages;
  return (
    <div className="kith-system">
      {shown.map(({ key: id, record }) => (
        <p key={id} title={formatFull(record.createdAt)}>
          <SystemText record={record} />
        </p>
      ))}
      {folded && (
        <button
          type="button"
          onClick={() => {
            setExpanded(key, true);
            setOpen(true);
          }}
        >
          and {messages.length - 1} more changes
        </button>
      )}
    </div>
  );
});

export function SystemText({ record }: { readonly record: MessageRecord }) {
  const { meId } = useMessageContext();
  if (record.body.type !== 'system') return null;
  const who = <Person id={record.authorId} meId={meId} first />;
  return (
    <>
      {who} {deed(record.body.event, record.authorId, meId)}
    </>
  );
}

function deed(event: SystemEvent, by: string, meId: string | undefined): ReactNode {
  switch (event.type) {
    case 'created':
      return 'created this conversation';
    case 'renamed':
      return (
        <>
          changed the name to <b>{event.name}</b>
        </>
      );
    case 'topic_changed':
      return event.topic === '' ? (
        'removed the topic'
      ) : (
        <>
          changed the topic to <b>{event.topic}</b>
        </>
      );
    case 'history_changed':
      return event.history === 'all'
        ? 'made earlier messages visible to new members'
        : 'hid earlier messages from new members';
    case 'visibility_changed':
      return event.visibility === 'public' ? 'opened the channel to everyone' : 'made the channel private';
    case 'joined':
      return 'joined';
    case 'left':
      return 'left';
    case 'added':
      return (
        <>
          added <People ids={event.userIds} meId={meId} />
        </>
      );
    case 'removed':
      return (
        <>
          removed <Person id={event.userId} meId={meId} />
        </>
      );
    case 'role_changed':
      return (
        <>
          made <Person id={event.userId} meId={meId} /> {ROLES[event.role]}
        </>
      );
    case 'ownership_transferred':
      return event.userId === by ? (
        'became the owner'
      ) : (
        <>
          handed this conversation over to <Person id={event.userId} meId={meId} />
        </>
      );
  }
}

const ROLES: Record<Role, string> = { owner: 'the owner', admin: 'an admin', member: 'an ordinary member' };

function Person({
  id,
  meId,
  first,
}: {
  readonly id: string;
  readonly meId: string | undefined;
  readonly first?: boolean;
}) {
  return (
    <b>
      <UserName id={id} you={id === meId ? (first ? 'You' : 'you') : undefined} />
    </b>
  );
}

function People({ ids, meId }: { readonly ids: readonly string[]; readonly meId: string | undefined }) {
  const shown = ids.length > NAMES + 1 ? ids.slice(0, NAMES) : ids;
  const rest = ids.length - shown.length;
  return shown.map((id, i) => (
    <Fragment key={id}>
      {i > 0 && (i === shown.length - 1 && rest === 0 ? ' and ' : ', ')}
      <Person id={id} meId={meId} />
      {i === shown.length - 1 && rest > 0 && ` and ${rest} others`}
    </Fragment>
  ));
}
