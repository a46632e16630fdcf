/** The groups and channels that somebody and oneself are both in: the server knows all members, this device only some. */
import type { Output } from '@kith/protocol';
import { useEffect, useId, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { faceOf, membersLine, useMyId } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { LoadMore } from '../panels/LoadMore.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { closeCard } from './card.ts';

type Common = Output<'listCommon'>;
const NONE: Common = { conversations: [], next: null };
const PAGE = 20;

export function CommonGroups({ userId }: { readonly userId: string }) {
  const client = useClient();
  const myId = useMyId();
  const headingId = useId();
  const [{ conversations, next }, setFound] = useState(NONE);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const stop = new AbortController();
    setFound(NONE);
    setFailed(false);
    client.request('listCommon', { userId, limit: PAGE }, { signal: stop.signal }).then(
      (found) => !stop.signal.aborted && setFound(found),
      () => !stop.signal.aborted && setFailed(true),
    );
    return () => stop.abort();
  }, [client, userId]);

  const loadMore = (): void => {
    if (next === null) return;
    client.request('listCommon', { userId, limit: PAGE, cursor: next }).then(
      (page) =>
        // Asked twice, it is added once.
        setFound((before) =>
          before.next === next
            ? { conversations: [...before.conversations, ...page.conversations], next: page.next }
            : before,
        ),
      () => setFailed(true),
    );
  };

  if (failed && conversations.length === 0)
    return <p className="kith-pane-note">{t('people.unreachable')}</p>;
  if (conversations.length === 0) return null;
  return (
    <section className="kith-card-common" aria-labelledby={headingId}>
      <h3 id={headingId}>{t('profile.inCommon')}</h3>
      <ul>
        {conversations.map((conversation) => {
          const { name, avatar } = faceOf(conversation, myId, undefined);
          return (
            <li key={conversation.id}>
              <button
                type="button"
                className="kith-person"
                onClick={() => {
                  closeCard();
                  openConversation(conversation.id);
                }}
              >
                <Avatar {...avatar} size={36} />
                <span className="kith-person-lines">
                  <bdi>{name}</bdi>
                  <small>{membersLine(conversation.memberCount)}</small>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      <LoadMore more={next !== null && !failed} onMore={loadMore} />
    </section>
  );
}
