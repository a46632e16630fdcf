import { KithError, limits } from '@kith/client';
import type { HistoryVisibility, Visibility } from '@kith/protocol';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { back, openConversation } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastError } from '../ui/toast.ts';
import { HistoryChoice, VisibilityChoice } from './choices.tsx';
import { PaneFrame } from './PaneFrame.tsx';

export function NewChannel() {
  const client = useClient();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [visibility, setVisibility] = useState<Visibility>('public');
  const [history, setHistory] = useState<HistoryVisibility>('all');
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);

  const create = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === '') return setWrong({ name: 'Give the channel a name.' });
    setBusy(true);
    try {
      const id = await client.conversations.create({
        kind: 'channel',
        name,
        topic: topic.trim(),
        visibility,
        history,
      });
      openConversation(id, null, { replace: true });
    } catch (problem) {
      setBusy(false);
      const fields = problem instanceof KithError ? problem.fields : undefined;
      if (fields) setWrong(Object.fromEntries(fields.map(({ path, message }) => [path, message])));
      else toastError(problem);
    }
  };

  return (
    <PaneFrame
      title="New channel"
      exit={{ kind: 'back', label: 'Back', run: () => back({ left: 'new' }) }}
      foot={
        <Button kind="primary" wide busy={busy} type="submit" form="kith-new-channel">
          Create channel
        </Button>
      }
    >
      <form id="kith-new-channel" className="kith-form" noValidate onSubmit={(event) => void create(event)}>
        <TextField
          label="Name of the channel"
          maxLength={limits.nameLength}
          autoComplete="off"
          data-first
          value={name}
          error={wrong['name']}
          onChange={(event) => {
            setName(event.target.value);
            setWrong({});
          }}
        />
        <TextField
          label="Topic"
          hint="What it is about, in a line. May stay empty."
          maxLength={limits.topicLength}
          autoComplete="off"
          value={topic}
          error={wrong['topic']}
          onChange={(event) => setTopic(event.target.value)}
        />
        <VisibilityChoice value={visibility} onChange={setVisibility} />
        <HistoryChoice value={history} onChange={setHistory} />
      </form>
    </PaneFrame>
  );
}
