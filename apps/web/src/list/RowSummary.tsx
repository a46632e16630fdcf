/** The second line of a row: the draft, who is writing, or the newest message; never more than one of them. */
import type { ConversationEntry, MessageState } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { Lock } from 'lucide-react';
import { joinNames, useMyId, useNames } from '../app/people.ts';
import { plainPreview } from '../message/preview.ts';
import { Ticks } from '../ui/Ticks.tsx';
import { systemLine } from './systemLine.ts';

export function RowSummary({ entry, draft }: { readonly entry: ConversationEntry; readonly draft: string }) {
  if (entry.typing.length > 0) return <Typing entry={entry} />;
  if (draft) return <Draft text={draft} />;
  const message = entry.pending?.record ?? entry.preview;
  if (!message) return <span className="kith-row-text">{entry.conversation.topic || 'No messages yet'}</span>;
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
  if (direct) return 'typing…';
  return `${joinNames(names)} ${names.length > 1 ? 'are' : 'is'} typing…`;
}

function Draft({ text }: { readonly text: string }) {
  return (
    <span className="kith-row-text">
      <span className="kith-row-live">Draft: </span>
      {plainPreview(text, () => undefined)}
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
  const nameOf = (id: string): string | undefined =>
    id === myId ? 'You' : names[named.indexOf(id)] || undefined;

  if (body.type === 'system')
    return (
      <span className="kith-row-text">
        {systemLine(body.event, message.authorId, (id) => nameOf(id) ?? 'Someone')}
      </span>
    );

  const own = message.authorId === myId;
  const alone = entry.conversation.kind === 'direct';
  const sender = alone ? '' : own ? 'You: ' : `${firstName(nameOf(message.authorId) ?? 'Someone')}: `;
  return (
    <>
      {own && !(alone && entry.conversation.direct?.length === 1) && (
        <Ticks state={stateOf(entry, message)} />
      )}
      <span className="kith-row-text">
        {sender && <span className="kith-row-sender">{sender}</span>}
        {body.type === 'deleted' ? (
          'Message deleted'
        ) : body.type !== 'content' || body.content.type !== 'plain' ? (
          <span className="kith-row-sign">
            <Lock size={14} strokeWidth={1.75} aria-hidden="true" /> Encrypted message
          </span>
        ) : (
          plainPreview(body.content.text, (id) => (id === myId ? names[named.indexOf(id)] : nameOf(id)))
        )}
      </span>
    </>
  );
}

/** Half a line is not enough for "Ada Byron King, Countess of Lovelace: hi". */
const firstName = (name: string): string => name.split(' ')[0] ?? name;

type SystemEvent = Extract<MessageRecord['body'], { type: 'system' }>['event'];

function peopleIn(event: SystemEvent): readonly string[] {
  if ('userIds' in event) return event.userIds.slice(0, 1);
  return 'userId' in event ? [event.userId] : [];
}
