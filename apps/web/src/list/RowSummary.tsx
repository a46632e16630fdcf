/** The second line of a row: the draft, who is writing, or the newest message; never more than one of them. */
import type { ConversationEntry, MessageState } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { firstName, joinNames, useMyId, useNames } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { listText } from '../i18n/words.ts';
import { excerptOf } from '../message/excerpt.ts';
import { LineSign } from '../message/LineSign.tsx';
import { plainPreview } from '../message/preview.ts';
import { deedOf } from '../message/system.ts';
import { Ticks } from '../ui/Ticks.tsx';

export function RowSummary({ entry, draft }: { readonly entry: ConversationEntry; readonly draft: string }) {
  if (entry.typing.length > 0) return <Typing entry={entry} />;
  if (draft) return <DraftLine text={draft} />;
  const message = entry.pending?.record ?? entry.preview;
  if (!message)
    return (
      <span className="kith-row-text" dir="auto">
        {entry.conversation.topic || t('list.noMessages')}
      </span>
    );
  return <Preview entry={entry} message={message} />;
}

function Typing({ entry }: { readonly entry: ConversationEntry }) {
  const names = useNames(entry.typing);
  return (
    <span className="kith-row-text kith-row-live">
      {typingLine(names, entry.conversation.kind === 'direct')}
    </span>
  );
}

/** "typing…" where it is clear who, else with names. */
export function typingLine(names: readonly string[], direct: boolean): string {
  return direct ? t('list.typing') : t('list.typingNames', { count: names.length, names: joinNames(names) });
}

export function DraftLine({ text }: { readonly text: string }) {
  return (
    <span className="kith-row-text" dir="auto">
      <bdi className="kith-row-live">{t('list.draft')}</bdi> {plainPreview(text, () => undefined)}
    </span>
  );
}

/** The state of one's own newest message, from the foremost marks of the others. */
function stateOf(entry: ConversationEntry, message: MessageRecord): MessageState {
  if (entry.pending) return entry.pending.state;
  if (message.seq <= entry.othersReadSeq) return 'read';
  return message.seq <= entry.othersDeliveredSeq ? 'delivered' : 'sent';
}

function Preview({ entry, message }: { readonly entry: ConversationEntry; readonly message: MessageRecord }) {
  const myId = useMyId();
  const { body } = message;
  const named = [
    message.authorId,
    ...(message.mentions ?? []),
    ...(body.type === 'system' ? peopleIn(body.event) : []),
  ];
  const names = useNames(named);
  const nameOf = (id: string): string | undefined => names[named.indexOf(id)] || undefined;

  if (body.type === 'system') {
    const { key, whom, words } = deedOf(body.event, message.authorId, myId);
    const [first = '', ...more] = whom;
    const known = first === myId ? t('names.youAmong') : (nameOf(first) ?? t('names.someone'));
    return (
      <span className="kith-row-text" dir="auto">
        {t(key, {
          ...words,
          who: nameOf(message.authorId) ?? t('names.someone'),
          whom: more.length > 0 ? listText([known, t('names.more', { count: more.length })]) : known,
        })}
      </span>
    );
  }

  const excerpt = excerptOf(body, nameOf);
  const own = message.authorId === myId;
  const alone = entry.conversation.kind === 'direct';
  const sender = own ? t('names.you') : firstName(nameOf(message.authorId) ?? t('names.someone'));
  return (
    <>
      {own && !(alone && entry.conversation.direct?.length === 1) && (
        <Ticks state={stateOf(entry, message)} />
      )}
      <span className="kith-row-text" dir="auto">
        {/* Apart, so that the words decide about the direction of the line, not whose they are. */}
        {!alone && (
          <>
            <bdi className="kith-row-sender">{t('list.sender', { name: sender })}</bdi>{' '}
          </>
        )}
        <LineSign of={excerpt} />
        {excerpt.text}
      </span>
    </>
  );
}

type SystemEvent = Extract<MessageRecord['body'], { type: 'system' }>['event'];

function peopleIn(event: SystemEvent): readonly string[] {
  if ('userIds' in event) return event.userIds.slice(0, 1);
  return 'userId' in event ? [event.userId] : [];
}
