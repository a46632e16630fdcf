/** Says to screen readers what others write here, politely, and not a flood of it. */
import type { MessageRecord } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { joinNames } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { excerptOf } from '../message/excerpt.ts';

/** What comes within this time is said in one sentence. */
const GATHER_MS = 600;
/** More than these are counted, not read out. */
const READ_OUT = 3;

export function Announcer({
  conversationId,
  threadId,
}: {
  readonly conversationId: string;
  /** What is said in this thread; undefined: in the main line. */
  readonly threadId: string | undefined;
}) {
  const client = useClient();
  // Told apart by the turn: the same words twice are announced twice.
  const [said, setSaid] = useState({ text: '', turn: 0 });
  useEffect(() => {
    let gathered: MessageRecord[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      timer = undefined;
      const text = announcement(gathered, (id) => client.users.get(id).get()?.displayName);
      gathered = [];
      setSaid(({ turn }) => ({ text, turn: turn + 1 }));
    };
    const stop = client.onMessage((message) => {
      if (message.conversationId !== conversationId || message.body.type !== 'content') return;
      if (!isSaidIn(message, threadId)) return;
      gathered.push(message);
      timer ??= setTimeout(say, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, conversationId, threadId]);
  return (
    <div className="kith-hidden" aria-live="polite">
      <span key={said.turn}>{said.text}</span>
    </div>
  );
}

const isSaidIn = ({ thread }: MessageRecord, threadId: string | undefined): boolean =>
  threadId === undefined ? !thread || thread.alsoSent === true : thread?.rootId === threadId;
/** Few are read out, more are counted: "5 new messages from Ana and Bo". */
export function announcement(
  messages: readonly MessageRecord[],
  nameOf: (userId: string) => string | undefined,
): string {
  const name = (id: string): string => nameOf(id) ?? t('names.someone');
  if (messages.length > READ_OUT) {
    const authors = [...new Set(messages.map(({ authorId }) => authorId))];
    return t('timeline.newMessages', { count: messages.length, names: joinNames(authors.map(name)) });
  }
  return messages
    .map(({ authorId, body }) =>
      t('timeline.said', { who: name(authorId), text: excerptOf(body, nameOf).text }),
    )
    .join('\n');
}
