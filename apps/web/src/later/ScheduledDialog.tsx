/** Messages that wait for their time, to be changed, sent now or taken back. Loaded when they are first looked at. */
import type { MessageRecord, OwnValue } from '@kith/protocol';
import { MessagesSquare, Pencil, SendHorizontal, Trash2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { openThread } from '../app/panel.ts';
import { useMinute } from '../app/time.ts';
import { getDraft, placeThread, setDraft as saveDraft } from '../composer/drafts.ts';
import { Field } from '../composer/Field.tsx';
import { focusComposer } from '../composer/intent.ts';
import { below, type Draft, fromWire } from '../composer/text.ts';
import { t } from '../i18n/index.ts';
import { copy } from '../message/actions.ts';
import { useExcerpt } from '../message/names.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { askWhen } from './ask.ts';
import { timeText } from './words.ts';

type Message = OwnValue<'scheduled'>;

const textOf = ({ content }: Message): string => (content.type === 'plain' ? content.text : '');

export default function ScheduledDialog({
  here,
  inThread,
  onClose,
}: {
  readonly here: readonly (readonly [string, Message])[];
  /** All are of the thread that is open. */
  readonly inThread: boolean;
  readonly onClose: () => void;
}) {
  /** Those that are being changed stay, whatever becomes of them: the words are not lost with the message. */
  const [edited, setEdited] = useState<ReadonlyMap<string, Message>>(new Map());
  const waiting = new Set(here.map(([id]) => id));
  const gone = [...edited].filter(([id]) => !waiting.has(id));
  const none = here.length + gone.length === 0;
  useEffect(() => {
    if (none) onClose();
  }, [none, onClose]);
  const hold = (id: string, message: Message | null): void =>
    setEdited((before) => {
      const next = new Map(before);
      if (message) next.set(id, message);
      else next.delete(id);
      return next;
    });
  return (
    <Dialog open title={t('later.title')} onClose={onClose}>
      <ul className="kith-scheduled">
        {[...gone, ...here].map(([id, message]) => (
          <Row
            key={id}
            id={id}
            message={message}
            gone={!waiting.has(id)}
            onEdit={(editing) => hold(id, editing ? message : null)}
            onClose={onClose}
            {...(!inThread && { onThread: onClose })}
          />
        ))}
      </ul>
    </Dialog>
  );
}

function Row({
  id,
  message,
  gone,
  onEdit,
  onClose,
  onThread,
}: {
  readonly id: string;
  readonly message: Message;
  /** It does not wait any more: it was sent, or taken back elsewhere. */
  readonly gone: boolean;
  readonly onEdit: (editing: boolean) => void;
  readonly onClose: () => void;
  /** Where the way to its thread is to be shown: it was taken. */
  readonly onThread?: () => void;
}) {
  const client = useClient();
  const now = useMinute();
  const preview = useExcerpt({ type: 'content', content: message.content }).text;
  const [draft, setDraftHere] = useState<Draft | null>(null);
  const setDraft = (next: Draft | null): void => {
    setDraftHere(next);
    if ((next === null) !== (draft === null)) onEdit(next !== null);
  };
  const { scheduled } = client;

  const edit = (): void =>
    setDraft(fromWire(textOf(message), (userId) => client.users.get(userId).get()?.displayName));
  const save = (text: string): void => {
    // What was written stays until it is kept.
    scheduled.update(id, { text }).then(() => setDraft(null), toastError);
  };
  const remove = (): void => {
    scheduled.cancel(id).then(() => {
      toast(t('later.removed'), {
        action: {
          label: t('common.undo'),
          run: () => {
            const { conversationId, at, replyTo, thread, alsoSend, content } = message;
            const attachment = content.type === 'plain' ? content.attachment : undefined;
            const again = {
              ...(replyTo !== undefined && { replyTo }),
              ...(thread !== undefined && { thread, ...(alsoSend && { alsoSend }) }),
              ...(attachment && { attachment }),
            };
            scheduled.add(conversationId, textOf(message), at, again).catch(toastError);
          },
        },
      });
    }, toastError);
  };

  if (gone && draft !== null)
    return <Leftover message={message} draft={draft} onDone={() => setDraft(null)} onClose={onClose} />;
  return (
    <li className="kith-scheduled-row">
      {onThread && message.thread !== undefined && (
        <ThreadLink conversationId={message.conversationId} rootId={message.thread} onOpen={onThread} />
      )}
      {draft === null ? (
        <p dir="auto">{preview}</p>
      ) : (
        <Field
          conversationId={message.conversationId}
          place={`scheduled ${id}`}
          draft={draft}
          setDraft={setDraft}
          placeholder={t('composer.message')}
          submit="save"
          onSubmit={save}
          onEscape={() => setDraft(null)}
          focusKey={id}
        />
      )}
      <div className="kith-scheduled-foot">
        <button
          type="button"
          className="kith-scheduled-time"
          data-failed={message.failed !== undefined || undefined}
          onClick={(event) =>
            askWhen(t('later.title'), event.currentTarget, (at) => {
              scheduled.update(id, { at }).catch(toastError);
            })
          }
        >
          {message.failed ? t('later.failed') : timeText(Date.parse(message.at), now)}
        </button>
        {draft === null ? (
          <>
            <IconButton icon={Pencil} size="s" label={t('message.edit')} onClick={edit} />
            <IconButton
              icon={SendHorizontal}
              size="s"
              label={t('later.sendNow')}
              onClick={() => void scheduled.sendNow(id).catch(toastError)}
            />
            <IconButton icon={Trash2} size="s" kind="danger" label={t('common.delete')} onClick={remove} />
          </>
        ) : (
          <IconButton icon={X} size="s" label={t('common.cancel')} onClick={() => setDraft(null)} />
        )}
      </div>
    </li>
  );
}

/** What was being changed when its message went. */
function Leftover({
  message,
  draft,
  onDone,
  onClose,
}: {
  readonly message: Message;
  readonly draft: Draft;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const write = (): void => {
    const { conversationId, thread } = message;
    const place = thread ?? conversationId;
    if (thread !== undefined) placeThread(thread, conversationId);
    saveDraft(place, below(getDraft(place), draft));
    onDone();
    onClose();
    if (thread !== undefined) openThread(conversationId, thread);
    focusComposer(place);
  };
  return (
    <li className="kith-scheduled-row" role="alert">
      <p className="kith-scheduled-gone">{t('later.goneMeanwhile')}</p>
      <p dir="auto">{draft.text}</p>
      <div className="kith-scheduled-foot">
        <Button kind="plain" onClick={() => copy(draft.text, t('app.copied'))}>
          {t('common.copy')}
        </Button>
        <Button kind="primary" onClick={write}>
          {t('later.toComposer')}
        </Button>
        <IconButton icon={X} size="s" label={t('common.dismiss')} onClick={onDone} />
      </div>
    </li>
  );
}

function ThreadLink({
  conversationId,
  rootId,
  onOpen,
}: {
  readonly conversationId: string;
  readonly rootId: string;
  readonly onOpen: () => void;
}) {
  const root = useReadable(useClient().messages.get(conversationId, rootId));
  return (
    <button
      type="button"
      className="kith-scheduled-thread"
      onClick={() => {
        onOpen();
        openThread(conversationId, rootId);
      }}
    >
      <MessagesSquare size={14} strokeWidth={2} aria-hidden="true" />
      <span>{root ? <RootText record={root} /> : t('thread.title')}</span>
    </button>
  );
}

function RootText({ record }: { readonly record: MessageRecord }) {
  return t('later.inThread', { text: useExcerpt(record.body).text });
}
