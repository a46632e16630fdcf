/** What is pinned, in the details of a conversation. */
import type { ConversationEntry } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { PinOff } from 'lucide-react';
import { useClient } from '../app/client.tsx';
import { wide } from '../app/media.ts';
import { closePanel } from '../app/panel.ts';
import { usePins } from '../conversation/PinsBar.tsx';
import { t } from '../i18n/index.ts';
import { requestJump } from '../message/jumps.ts';
import { LineSign } from '../message/LineSign.tsx';
import { UserName, useExcerpt } from '../message/names.tsx';
import { Section } from '../ui/Choice.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toastError } from '../ui/toast.ts';
import { mayOf } from './may.ts';

export function Pins({ entry }: { readonly entry: ConversationEntry }) {
  const { messages } = usePins(entry.id);
  if (messages.length === 0) return null;
  const unpins = mayOf(entry).pin;
  return (
    <Section title={t('pins.title')}>
      <ul>
        {messages.map((record) => (
          <li key={record.id} className="kith-pin">
            <PinRow record={record} unpins={unpins} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function PinRow({ record, unpins }: { readonly record: MessageRecord; readonly unpins: boolean }) {
  const client = useClient();
  const excerpt = useExcerpt(record.body);
  return (
    <>
      <button
        type="button"
        className="kith-pin-one"
        onClick={() => {
          // Where the panel covers the conversation, it would cover what was asked for.
          if (!wide.get()) closePanel();
          requestJump(record.conversationId, record.id);
        }}
      >
        <b>
          <UserName id={record.authorId} />
        </b>
        <span dir="auto">
          <LineSign of={excerpt} />
          {excerpt.text}
        </span>
      </button>
      {unpins && (
        <IconButton
          icon={PinOff}
          size="s"
          label={t('message.unpin')}
          onClick={() => client.messages.pin(record.conversationId, record.id, false).catch(toastError)}
        />
      )}
    </>
  );
}
