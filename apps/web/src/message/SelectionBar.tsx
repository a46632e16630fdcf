/** Above the timeline while messages are selected: how many, and what can be done with them. */
import { Bookmark, Copy, Eraser, Forward, Trash2, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { asItReads, copy, tidiesUp } from './actions.ts';
import { useMessageContext } from './context.tsx';
import { textOf } from './excerpt.ts';
import { hideForMe } from './hide.ts';
import { save } from './save.ts';
import { clearSelection, keepSelected, useSelection } from './selection.ts';
import { isReadable, useRecords } from './useRecords.ts';

export function SelectionBar() {
  const { place } = useMessageContext();
  const selected = useSelection(place);
  if (selected.size === 0) return null;
  return <Bar place={place} selected={selected} />;
}

function Bar({
  place,
  selected,
}: {
  /** The conversation or the thread. */
  readonly place: string;
  readonly selected: ReadonlySet<string>;
}) {
  const client = useClient();
  const { conversationId, meId, actions } = useMessageContext();
  const entry = useReadable(client.conversations.get(conversationId));
  const [deleting, setDeleting] = useState(false);
  const close = () => clearSelection(place);

  const { records, there } = useChosen(conversationId, selected);
  const plain = records.filter(({ body }) => body.type === 'content' && body.content.type === 'plain');
  const texts = records.map(({ body }) => asItReads(client, textOf(body))).filter((text) => text !== '');
  const deletable = tidiesUp({ entry }) || records.every(({ authorId }) => authorId === meId);
  const saved = entry?.conversation.direct?.length === 1;

  useEffect(() => keepSelected(place, there), [place, there]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A dialog above has its own Escape.
      if (event.key !== 'Escape' || document.querySelector('[role="dialog"], [role="menu"]')) return;
      event.preventDefault();
      event.stopPropagation();
      clearSelection(place);
    };
    document.addEventListener('keydown', onKey, { capture: true });
    return () => {
      document.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [place]);
  // Whoever comes back later begins anew.
  useEffect(() => () => clearSelection(place), [place]);

  const done = (act: () => void) => () => {
    act();
    close();
  };
  return (
    <div className="kith-selection" role="toolbar" aria-label={t('selection.label')}>
      <IconButton icon={X} label={t('selection.cancel')} bare onClick={close} />
      <span className="kith-selection-count" role="status">
        {t('selection.count', { count: selected.size })}
      </span>
      {plain.length > 0 && (
        <>
          <IconButton icon={Forward} label={t('message.forward')} onClick={() => actions.forward(plain)} />
          {!saved && (
            <IconButton
              icon={Bookmark}
              label={t('message.save')}
              onClick={done(() => save(client, meId, plain))}
            />
          )}
        </>
      )}
      {texts.length > 0 && (
        <IconButton
          icon={Copy}
          label={t('message.copyText')}
          onClick={done(() => copy(texts.join('\n'), t('app.copied')))}
        />
      )}
      {!saved && (
        <IconButton
          icon={Eraser}
          kind="danger"
          label={t('message.deleteForMe')}
          onClick={done(() => hideForMe(client, records))}
        />
      )}
      {deletable && (
        <IconButton
          icon={Trash2}
          kind="danger"
          label={t('message.deleteForEveryone')}
          onClick={() => setDeleting(true)}
        />
      )}
      {deleting && (
        <Confirm
          title={t('selection.deleteTitle', { count: records.length })}
          text={t('selection.deleteText')}
          verb={t('common.delete')}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await Promise.all(records.map(({ id }) => client.messages.remove(conversationId, id)));
            close();
          }}
        />
      )}
    </div>
  );
}

/**
 * What is selected, also where the screen has gone elsewhere since: in the order of the conversation, whatever the order of
 * the presses. What was deleted, hidden or has expired is not among them.
 */
function useChosen(conversationId: string, selected: ReadonlySet<string>) {
  const targets = useMemo(
    () => [...selected].map((id) => ({ conversationId, id })),
    [conversationId, selected],
  );
  const found = useRecords(targets);
  return useMemo(() => {
    const records = found.filter(isReadable).sort((a, b) => a.seq - b.seq);
    const ids = new Set(records.map(({ id }) => id));
    // One that is still asked for is not gone.
    const unknown = new Set(targets.flatMap(({ id }, at) => (found[at] === undefined ? [id] : [])));
    return { records, there: (id: string) => ids.has(id) || unknown.has(id) };
  }, [targets, found]);
}
