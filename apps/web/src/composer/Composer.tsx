/** Where one writes. What was begun stays with its conversation; a reply or an edit shows above the field. */
import { firstLink, limits, type OutgoingFile } from '@kith/client';
import type { Attachment, MessageRecord } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { Link as LinkIcon, Pencil, Reply, X } from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useState } from 'react';
import { cell } from '../app/cell.ts';
import { useClient, useReadable } from '../app/client.tsx';
import { onDemand } from '../app/onDemand.tsx';
import { useMyId } from '../app/people.ts';
import { useStable } from '../app/useStable.ts';
import { AttachButton } from '../attachments/AttachButton.tsx';
import { errorText } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { askWhen } from '../later/ask.ts';
import { timeText } from '../later/words.ts';
import { useTakesFiles } from '../media/takesFiles.ts';
import { DropZone } from '../media/tray/DropZone.tsx';
import { faultsOf } from '../media/tray/judge.ts';
import { inMessages } from '../media/tray/messages.ts';
import { addFiles, sendFiles, stopSending, trayOf, useTray } from '../media/tray/tray.ts';
import { usePlainPreview } from '../message/names.tsx';
import { QuoteText } from '../message/Quote.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { finishDraft, getDraft, getReplyTo, placeThread, setDraft, setReplyTo, useDraft } from './drafts.ts';
import { Field } from './Field.tsx';
import { announceSent, clearIntent, findLastOwn, setIntent, useIntent } from './intent.ts';
import { type Draft, EMPTY, fromWire } from './text.ts';
import './composer.css';

const Tray = onDemand(() => import('../media/tray/Tray.tsx'));

export interface ComposerProps {
  readonly conversationId: string;
  /** Writes into this thread; `alsoSend`: into the main line too. */
  readonly thread?: { readonly rootId: string; readonly alsoSend: boolean; readonly onSent: () => void };
}

export function Composer({ conversationId, thread }: ComposerProps) {
  const place = thread?.rootId ?? conversationId;
  const intent = useIntent(place);
  if (intent.type === 'edit') {
    return (
      <EditComposer
        key={intent.messageId}
        conversationId={conversationId}
        place={place}
        messageId={intent.messageId}
      />
    );
  }
  const replyTo = intent.type === 'reply' ? intent.messageId : undefined;
  return <WriteComposer key={place} conversationId={conversationId} thread={thread} replyTo={replyTo} />;
}

function WriteComposer({
  conversationId,
  thread,
  replyTo,
}: {
  readonly conversationId: string;
  readonly thread: ComposerProps['thread'];
  readonly replyTo: string | undefined;
}) {
  const client = useClient();
  const place = thread?.rootId ?? conversationId;
  const draft = useDraft(place);
  const takesFiles = useTakesFiles(conversationId);
  const threadId = thread?.rootId;
  useLayoutEffect(() => {
    if (threadId !== undefined) placeThread(threadId, conversationId);
  }, [threadId, conversationId]);
  const tray = useTray(place);
  const cancel = () => clearIntent(place);
  const link = firstLink(draft.text);
  /** The link that is to be shown without a preview. */
  const [bare, setBare] = useState<string>();

  /** Whether it is on its way. */
  const sent = (
    wires: readonly string[],
    { attachment, files = [] }: { attachment?: Attachment; files?: readonly OutgoingFile[] } = {},
  ): boolean => {
    // Asked now: files may have been waited for.
    const replyTo = getReplyTo(place);
    try {
      const parts = inMessages(wires, files, trayOf(place).limits?.messageFiles ?? limits.messageFiles);
      // Of several only the first answers.
      for (const [at, { text, files }] of parts.entries())
        client.messages.send(conversationId, text, {
          ...(attachment && { attachment }),
          ...(files && { files }),
          ...(replyTo !== undefined && at === 0 && { replyTo }),
          ...(thread && { thread: thread.rootId, alsoSend: thread.alsoSend }),
          ...(link !== undefined && link === bare && { noPreview: true }),
        });
    } catch (error) {
      // The text stays in the field: refused words are not lost words.
      toastError(error);
      return false;
    }
    // What it answered; a change of another message may have begun meanwhile.
    setReplyTo(place, undefined);
    announceSent(place);
    if (thread?.alsoSend) announceSent(conversationId);
    thread?.onSent();
    return true;
  };
  const send = (wires: readonly string[]) => {
    if (tray.go) stopSending(place);
    else if (tray.chosen.length === 0) {
      if (sent(wires)) setDraft(place, EMPTY);
    } else
      sendFiles(place, (files) => {
        const went = sent(wires, { files });
        if (went && getDraft(place).text === draft.text) setDraft(place, EMPTY);
        return went;
      });
  };
  const choose = useStable((files: readonly File[]) => addFiles(client, conversationId, place, files));
  const faulty = faultsOf(tray.chosen, tray.manner, tray.limits).length > 0;
  /** What was written stays for a message of its own. */
  const attach = useStable((attachment: Attachment): boolean => sent([''], { attachment }));
  const record = useStable((file: OutgoingFile): boolean => sent([''], { files: [file] }));

  /** Of what goes later, until it is known to be kept: asked again, it is the same message. */
  const [laterId, setLaterId] = useState(newId);
  const later = (wire: string, anchor: Element) =>
    askWhen(t('later.title'), anchor, (at) => {
      const options = {
        messageId: laterId,
        ...(replyTo !== undefined && { replyTo }),
        ...(thread && { thread: thread.rootId, alsoSend: thread.alsoSend }),
      };
      // The text stays until it is kept there; what was written meanwhile is another one.
      client.scheduled.add(conversationId, wire, at, options).then(() => {
        setLaterId(newId);
        if (finishDraft(place, draft, replyTo)) thread?.onSent();
        toast(t('later.willSend', { time: timeText(Date.parse(at)) }));
      }, toastError);
    });

  return (
    <Field
      conversationId={conversationId}
      place={place}
      draft={draft}
      setDraft={(next) => {
        // What waits to be sent stays as it is.
        if (!tray.go) setDraft(place, next);
      }}
      placeholder={thread ? t('thread.placeholder') : t('composer.message')}
      submit="send"
      files={tray.chosen.length === 0 ? 'none' : faulty ? 'held' : 'some'}
      waiting={tray.go !== undefined}
      onSubmit={(wire) => send([wire])}
      onParts={send}
      onAttach={attach}
      {...(takesFiles && { onRecord: record })}
      // Files are not kept for later: what is written with them is theirs.
      {...(tray.chosen.length === 0 && { onLater: later })}
      onEscape={replyTo === undefined ? undefined : cancel}
      onArrowUp={() => {
        const last = findLastOwn(place);
        // What was chosen would go out of sight.
        if (last && tray.chosen.length === 0) setIntent(place, { type: 'edit', messageId: last });
      }}
      focusKey={`${place} ${replyTo ?? ''}`}
      tools={(sendLater) => (
        <AttachButton
          conversationId={conversationId}
          place={place}
          onAttach={attach}
          onRecord={record}
          onFiles={choose}
          onLater={sendLater}
        />
      )}
      strip={
        <>
          {replyTo !== undefined && (
            <ReplyStrip conversationId={conversationId} messageId={replyTo} onCancel={cancel} />
          )}
          {link !== undefined && link !== bare && (
            <Strip
              icon={<LinkIcon size={18} strokeWidth={1.75} aria-hidden="true" />}
              cancel={t('composer.noPreview')}
              esc={false}
              onCancel={() => setBare(link)}
            >
              <span className="kith-quote-text" dir="ltr">
                {link}
              </span>
            </Strip>
          )}
          {tray.chosen.length > 0 && <Tray conversationId={conversationId} place={place} />}
          <DropZone
            conversationId={conversationId}
            to={thread ? 'thread' : 'conversation'}
            onFiles={choose}
            count={tray.chosen.length}
          />
        </>
      }
    />
  );
}

/** What was typed into an edit that the server then refused: shown again when that message is edited again. */
const refused = cell<ReadonlyMap<string, Draft>>(new Map());

function setRefused(messageId: string, draft: Draft | undefined): void {
  const next = new Map(refused.get());
  if (draft) next.set(messageId, draft);
  else next.delete(messageId);
  refused.set(next);
}

function EditComposer({
  conversationId,
  place,
  messageId,
}: {
  readonly conversationId: string;
  readonly place: string;
  readonly messageId: string;
}) {
  const client = useClient();
  const record = useReadable(client.messages.get(conversationId, messageId));
  const original = plainText(record);
  const asDraft = () => fromWire(original ?? '', (id) => client.users.get(id).get()?.displayName);
  const [draft, setDraftHere] = useState<Draft>(() => refused.get().get(messageId) ?? asDraft());
  const preview = usePlainPreview(original ?? '');
  const cancel = () => clearIntent(place);

  // Deleted meanwhile, on another device or by an admin: nothing is left to edit.
  const gone = record === null || (record !== undefined && original === undefined);
  useEffect(() => {
    if (gone) clearIntent(place);
  }, [gone, place]);

  const save = (wire: string) => {
    cancel();
    setRefused(messageId, undefined);
    if (wire === original) return;
    client.messages.edit(conversationId, messageId, wire).catch((error: unknown) => {
      setRefused(messageId, draft);
      toast(t('composer.notChanged', { error: errorText(error) }), {
        tone: 'error',
        action: {
          label: t('composer.editAgain'),
          run: () => setIntent(place, { type: 'edit', messageId }),
        },
      });
    });
  };

  return (
    <Field
      conversationId={conversationId}
      place={place}
      draft={draft}
      setDraft={setDraftHere}
      placeholder={t('composer.edit')}
      submit="save"
      onSubmit={save}
      onEscape={cancel}
      focusKey={messageId}
      strip={
        <>
          <Strip
            icon={<Pencil size={18} strokeWidth={1.75} aria-hidden="true" />}
            cancel={t('composer.cancelEdit')}
            onCancel={cancel}
          >
            <span className="kith-strip-title">{t('composer.edit')}</span>
            <span className="kith-quote-text">{preview}</span>
          </Strip>
          <DropZone conversationId={conversationId} to="nothing" onFiles={() => toast(t('drop.editing'))} />
        </>
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
      cancel={t('composer.cancelReply')}
      onCancel={onCancel}
    >
      <QuoteText record={record} meId={meId} />
    </Strip>
  );
}

function Strip({
  icon,
  cancel,
  esc = true,
  onCancel,
  children,
}: {
  readonly icon: ReactNode;
  readonly cancel: string;
  /** Whether Escape does it too. */
  readonly esc?: boolean;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}) {
  return (
    <div className="kith-strip">
      <span className="kith-strip-icon">{icon}</span>
      <div className="kith-strip-body">{children}</div>
      <IconButton icon={X} label={cancel} {...(esc && { shortcut: 'Esc' })} onClick={onCancel} />
    </div>
  );
}
