import type { ConversationEntry } from '@kith/client';
import { KithError, limits } from '@kith/client';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastError } from '../ui/toast.ts';
import { HistoryChoice, VisibilityChoice } from './choices.tsx';
import { PaneFrame } from './PaneFrame.tsx';

type Change = Parameters<ReturnType<typeof useClient>['conversations']['update']>[1];

/** Holds only what differs from the conversation as it stands. */
export function EditConversation({
  entry,
  onDone,
}: {
  readonly entry: ConversationEntry;
  readonly onDone: () => void;
}) {
  const client = useClient();
  const { conversation } = entry;
  const [change, setChange] = useState<Change>({});
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const channel = conversation.kind === 'channel';
  const name = change.name ?? conversation.name;

  const set = (next: Change): void => {
    setChange({ ...change, ...next });
    setWrong({});
  };

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === '') return setWrong({ name: 'Enter a name.' });
    const now = conversation as unknown as Readonly<Record<string, unknown>>;
    const differing = Object.fromEntries(
      Object.entries(change).filter(([key, value]) => now[key] !== value),
    ) as Change;
    if (Object.keys(differing).length === 0) return onDone();
    setBusy(true);
    try {
      await client.conversations.update(entry.id, differing);
      onDone();
    } catch (problem) {
      setBusy(false);
      const fields = problem instanceof KithError ? problem.fields : undefined;
      if (fields) setWrong(Object.fromEntries(fields.map(({ path, message }) => [path, message])));
      else toastError(problem);
    }
  };

  return (
    <PaneFrame
      title={channel ? 'Edit channel' : 'Edit group'}
      exit={{ kind: 'back', label: 'Back to details', run: onDone }}
      foot={
        <Button kind="primary" wide type="submit" form="kith-edit-conversation" busy={busy}>
          Save
        </Button>
      }
    >
      <form
        id="kith-edit-conversation"
        className="kith-form"
        noValidate
        onSubmit={(event) => void save(event)}
      >
        <TextField
          label="Name"
          maxLength={limits.nameLength}
          autoComplete="off"
          data-first
          value={name}
          error={wrong['name']}
          onChange={(event) => set({ name: event.target.value })}
        />
        {channel && (
          <>
            <TextField
              label="Topic"
              hint="What it is about, in a line. May stay empty."
              maxLength={limits.topicLength}
              autoComplete="off"
              value={change.topic ?? conversation.topic}
              error={wrong['topic']}
              onChange={(event) => set({ topic: event.target.value })}
            />
            <VisibilityChoice
              value={change.visibility ?? conversation.visibility}
              onChange={(visibility) => set({ visibility })}
            />
          </>
        )}
        <HistoryChoice
          value={change.history ?? conversation.history}
          onChange={(history) => set({ history })}
        />
      </form>
    </PaneFrame>
  );
}
