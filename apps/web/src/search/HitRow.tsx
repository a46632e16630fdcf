/** A message that was found, as a row of the list: where and when it was said, by whom, and the words around. */
import type { ConversationEntry } from '@kith/client';
import { mentionedIn } from '@kith/protocol/mentions';
import { type MouseEvent, memo, useMemo } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { faceOf, firstName, nameOf, peerOf, useMyId, useNames, useUser } from '../app/people.ts';
import { currentRoute, openConversation } from '../app/route.ts';
import { fullTime, rowTime } from '../app/time.ts';
import { t } from '../i18n/index.ts';
import { excerptOf, textOf } from '../message/excerpt.ts';
import { requestJump } from '../message/jumps.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { markHit } from './mark.ts';
import { snippetOf } from './snippet.ts';
import type { Hit } from './useMessageSearch.ts';
import './search.css';

export interface HitRowProps {
  readonly hit: Hit;
  readonly rowKey: string;
  readonly today: number;
  readonly tabStop: boolean;
}

export const HitRow = memo(function HitRow(props: HitRowProps) {
  const entry = useReadable(useClient().conversations.get(props.hit.message.conversationId));
  // Left since it was found.
  return entry ? <Row {...props} entry={entry} /> : null;
});

function Row({ hit, rowKey, today, tabStop, entry }: HitRowProps & { readonly entry: ConversationEntry }) {
  const { message, ranges } = hit;
  const myId = useMyId();
  const peer = useUser(peerOf(entry.conversation, myId));
  const face = faceOf(entry.conversation, myId, peer);
  const author = useUser(message.authorId);
  const own = message.authorId === myId;
  const at = Date.parse(message.createdAt);

  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const text = textOf(message.body);
    markHit(
      message.id,
      ranges.map(([start, end]) => text.slice(start, end)),
    );
    const route = currentRoute();
    // There already, and maybe scrolled away from it: the address says nothing new then.
    if (route.messageId === message.id) requestJump(entry.id, message.id);
    else openConversation(entry.id, message.id, { replace: route.conversationId === entry.id });
  };

  return (
    <a
      className="kith-row"
      href={`/c/${entry.id}?m=${message.id}`}
      data-row={rowKey}
      tabIndex={tabStop ? 0 : -1}
      draggable={false}
      onClick={open}
    >
      <Avatar {...face.avatar} />
      <span className="kith-row-lines">
        <span className="kith-row-line">
          <span className="kith-row-name">{face.name}</span>
          <time className="kith-row-time" dateTime={message.createdAt} title={fullTime(at)}>
            {rowTime(at, today)}
          </time>
        </span>
        <span className="kith-row-text">
          {(own || entry.conversation.kind !== 'direct') && (
            <span className="kith-row-sender">
              {t('search.by', {
                name: own ? t('names.you') : firstName(nameOf(author) ?? t('names.someone')),
              })}
            </span>
          )}
          <Snippet hit={hit} />
        </span>
      </span>
    </a>
  );
}

function Snippet({ hit: { message, ranges } }: { readonly hit: Hit }) {
  const text = textOf(message.body);
  const ids = useMemo(() => mentionedIn(text), [text]);
  const names = useNames(ids);
  const pieces = useMemo(
    () => snippetOf(text, ranges, (id) => names[ids.indexOf(id)] || t('names.someone')),
    [text, ranges, ids, names],
  );
  // Found by what it carries: a poll, a place.
  if (text.trim() === '') return excerptOf(message.body, () => undefined).text;
  return pieces.map(({ text: part, marked }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and are drawn anew together.
    marked ? <mark key={index}>{part}</mark> : part,
  );
}
