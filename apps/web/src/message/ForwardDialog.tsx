/** Where messages are forwarded to: one or many conversations or people, with a word of one's own before them if one likes. */
import type { ConversationEntry } from '@kith/client';
import type { MessageRecord } from '@kith/protocol';
import { Check } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useEverywhere } from '../app/everywhere.ts';
import { faceOf, fold, peerOf, useFace, useMyId } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { usePeopleSearch } from '../app/usePeopleSearch.ts';
import { t } from '../i18n/index.ts';
import { PersonButton } from '../panels/PeopleRows.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toast } from '../ui/toast.ts';
import { useRun } from '../ui/useRun.ts';
import { clearAllSelections } from './selection.ts';
import './forward.css';

/** Forwarded at once: whoever wants to tell more people has a channel for it. */
const TARGETS_MAX = 20;
/** Rows drawn; whoever looks for another writes its name. */
const ROWS_MAX = 100;

export default function ForwardDialog({
  messages,
  onClose,
}: {
  readonly messages: readonly MessageRecord[];
  readonly onClose: () => void;
}) {
  const client = useClient();
  const myId = useMyId();
  const entries = useEverywhere();
  const [query, setQuery] = useState('');
  const [comment, setComment] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  /** Of them, those with whom there is no conversation yet. */
  const [people, setPeople] = useState<ReadonlySet<string>>(new Set());
  const [busy, run] = useRun();
  const search = useRef<HTMLInputElement>(null);
  const known = usePeopleSearch(query.trim() === '' ? null : query.trim());

  const found = useMemo(() => {
    const wanted = fold(query.trim());
    const nameOf = ({ conversation }: ConversationEntry): string => {
      const peerId = peerOf(conversation, myId);
      const peer = peerId === null ? undefined : client.users.get(peerId).get();
      return fold(faceOf(conversation, myId, peer).name);
    };
    // Oneself first: the quickest place to keep something.
    const self = entries.filter(({ conversation }) => conversation.direct?.length === 1);
    const others = entries.filter(({ conversation }) => conversation.direct?.length !== 1);
    return [...self, ...others].filter((entry) => nameOf(entry).includes(wanted)).slice(0, ROWS_MAX);
  }, [entries, query, client, myId]);

  const strangers = useMemo(() => {
    const peers = new Set(entries.map(({ conversation }) => peerOf(conversation, myId)));
    return known.users.filter(({ id }) => id !== myId && !peers.has(id));
  }, [known.users, entries, myId]);

  const togglePerson = (id: string) => {
    if (!people.has(id)) setPeople(new Set([...people, id]));
    toggle(id);
  };

  const toggle = (id: string) => {
    if (chosen.includes(id)) setChosen(chosen.filter((other) => other !== id));
    else if (chosen.length < TARGETS_MAX) setChosen([...chosen, id]);
    else toast(t('forward.full', { count: TARGETS_MAX }));
  };

  const send = async (): Promise<void> => {
    const words = comment.trim();
    const targets = await Promise.all(
      chosen.map((id) => (people.has(id) ? client.conversations.openDirect(id) : id)),
    );
    for (const id of targets) {
      if (words !== '') client.messages.send(id, words);
      for (const message of messages) client.messages.forward(id, message);
    }
    const [first] = targets;
    clearAllSelections();
    onClose();
    toast(t('forward.done', { count: chosen.length }), {
      ...(first !== undefined &&
        chosen.length === 1 && {
          action: { label: t('message.savedShow'), run: () => openConversation(first) },
        }),
    });
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('forward.title', { count: messages.length })}
      initialFocus={search}
      footer={
        <div className="kith-forward-foot">
          <TextField
            label={t('forward.comment')}
            value={comment}
            maxLength={2_000}
            onChange={(event) => setComment(event.target.value)}
          />
          <Button kind="primary" busy={busy} disabled={chosen.length === 0} onClick={() => run(send)}>
            {chosen.length > 1 ? t('forward.sendTo', { count: chosen.length }) : t('composer.send')}
          </Button>
        </div>
      }
    >
      <input
        ref={search}
        type="search"
        className="kith-forward-search"
        aria-label={t('forward.search')}
        placeholder={t('forward.search')}
        value={query}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          const [best] = found;
          if (event.key !== 'Enter' || event.nativeEvent.isComposing || query.trim() === '' || !best) return;
          event.preventDefault();
          toggle(best.id);
        }}
      />
      <ul className="kith-forward-list">
        {found.map((entry) => (
          <li key={entry.id}>
            <Target entry={entry} chosen={chosen.includes(entry.id)} onPress={() => toggle(entry.id)} />
          </li>
        ))}
        {strangers.map((user) => (
          <li key={user.id}>
            <PersonButton
              user={user}
              checked={chosen.includes(user.id)}
              onPress={() => togglePerson(user.id)}
            />
          </li>
        ))}
        {found.length + strangers.length === 0 && known.status !== 'loading' && (
          <li className="kith-pane-note">{t('forward.none')}</li>
        )}
      </ul>
    </Dialog>
  );
}

function Target({
  entry,
  chosen,
  onPress,
}: {
  readonly entry: ConversationEntry;
  readonly chosen: boolean;
  readonly onPress: () => void;
}) {
  const face = useFace(entry);
  return (
    <button type="button" role="checkbox" aria-checked={chosen} className="kith-person" onClick={onPress}>
      <Avatar {...face.avatar} size={36} />
      <span className="kith-forward-name" dir="auto">
        {face.name}
      </span>
      <span className="kith-forward-check" data-on={chosen || undefined} aria-hidden="true">
        {chosen && <Check size={14} strokeWidth={3} />}
      </span>
    </button>
  );
}
