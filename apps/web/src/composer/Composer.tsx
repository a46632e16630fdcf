/** Where one writes. What was begun stays with its conversation; a reply or an edit shows above the field. */
import type { MessageRecord } from '@kith/protocol';
import { Pencil, Reply, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { usePlainPreview } from '../message/names.tsx';
import { QuoteText } from '../message/Quote.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { setDraft, useDraft } from './drafts.ts';
import { Field } from './Field.tsx';
import { announceSent, clearIntent, findLastOwn, setIntent, useIntent } from './intent.ts';
import { type Draft, EMPTY, fromWire } from './text.ts';
import './composer.css';

export interface ComposerProps {
  readonly conversationId: string;
}

export function Composer({ conversationId }: ComposerProps) {
  const intent = useIntent(conversationId);
  if (intent.type === 'edit') {
    return (
      <EditComposer key={intent.messageId} conversationId={conversationId} messageId={intent.messageId} />
    );
  }
  const replyTo = intent.type === 'reply' ? intent.messageId : undefined;
  return <WriteComposer key={conversationId} conversationId={conversationId} replyTo={replyTo} />;
}

function WriteComposer({
  conversationId,
  replyTo,
}: {
  readonly conversationId: string;
  readonly replyTo: string | undefined;
}) {
  const client = useClient();
  const draft = useDraft(conversationId);
  const cancel = () => clearIntent(conversationId);

  const send = (wire: string) => {
    try {
      client.messages.send(conversationId, wire, replyTo === undefined ? {} : { replyTo });
    } catch (error) {
      // The text stays in the field: refused words are not lost words.
      toastError(error);
      return;
    }
    setDraft(conversationId, EMPTY);
    cancel();
    announceSent(conversationId);
  };

  return (
    <Field
      conversationId={conversationId}
      draft={draft}
      setDraft={(next) => setDraft(conversationId, next)}
      placeholder="Message"
      submit="send"
      onSubmit={send}
      onEscape={replyTo === undefined ? undefined : cancel}
      onArrowUp={() => {
        const last = findLastOwn(conversationId);
        if (last) setIntent(conversationId, { type: 'edit', messageId: last });
      }}
      focusKey={`${conversationId} ${replyTo ?? ''}`}
      strip={
        replyTo !== undefined && (
          <ReplyStrip conversationId={conversationId} messageId={replyTo} onCancel={cancel} />
        )
      }
    />
  );
}

/** What was typed into an edit that the server then refused: shown again when that message is edited again. */
const refused = new Map<string, Draft>();

function EditComposer({
  conversationId,
  messageId,
}: {
  readonly conversationId: string;
  readonly messageId: string;
}) {
  const client = useClient();
  const record = useReadable(client.messages.get(conversationId, messageId));
  const original = plainText(record);
  const asDraft = () => fromWire(original ?? '', (id) => client.users.get(id).get()?.displayName);
  const [draft, setDraftHere] = useState<Draft>(() => refused.get(messageId) ?? asDraft());
  const preview = usePlainPreview(original ?? '');
  const cancel = () => clearIntent(conversationId);

  // Deleted meanwhile, on another device or by an admin: nothing is left to edit.
  const gone = record === null || (record !== undefined && original === undefined);
  useEffect(() => {
    if (gone) clearIntent(conversationId);
  }, [gone, conversationId]);

  const save = (wire: string) => {
    cancel();
    refused.delete(messageId);
    if (wire === original) return;
    client.messages.edit(conversationId, messageId, wire).catch((error: unknown) => {
      refused.set(messageId, draft);
      const text = error instanceof Error ? error.message : 'Something went wrong.';
      toast(`Not changed: ${text}`, {
        tone: 'error',
        action: { label: 'Edit again', run: () => setIntent(conversationId, { type: 'edit', messageId }) },
      });
    });
  };

  return (
    <Field
      conversationId={conversationId}
      draft={draft}
      setDraft={setDraftHere}
      placeholder="Edit message"
      submit="save"
      onSubmit={save}
      onEscape={cancel}
      focusKey={messageId}
      strip={
        <Strip
          icon={<Pencil size={18} strokeWidth={1.75} aria-hidden="true" />}
          cancel="Cancel editing"
          onCancel={cancel}
        >
          <span className="kith-strip-title">Edit message</span>
          <span className="kith-quote-text">{preview}</span>
        </Strip>
      }
    />
  );
}

function plainText(record: MessageRecord | null | undefined): string | undefined {
  const body = record?.body;
  return body?.type === 'content' && body.content.type === 'plain' ? body.content.text : undefined;
}

function ReplyStrip({
  conversationId,
  messageId,
  onCancel,
}: {
  readonly conversationId: string;
  readonly messageId: string;
  readonly onCancel: () => void;
}) {
  const record = useReadable(useClient().messages.get(conversationId, messageId));
  const meId = useMyId();
  return (
    <Strip
      icon={<Reply size={18} strokeWidth={1.75} aria-hidden="true" />}
      cancel="Cancel reply"
      onCancel={onCancel}
    >
      <QuoteText record={record} meId={meId} />
    </Strip>
  );
}

function Strip({
  icon,
  cancel,
  onCancel,
  children,
}: {
  readonly icon: ReactNode;
  readonly cancel: string;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}) {
  return (
    <div className="kith-strip">
      <span className="kith-strip-icon">{icon}</span>
      <div className="kith-strip-body">{children}</div>
      <IconButton icon={X} label={cancel} shortcut="Esc" onClick={onCancel} />
    </div>
  );
}
