import { limits } from '@kith/client';
import type { HistoryVisibility, Visibility } from '@kith/protocol';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { back, openConversation } from '../app/route.ts';
import { fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
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
    if (name.trim() === '') return setWrong({ name: t('form.nameChannel') });
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
      const fields = fieldErrors(problem);
      if (fields) setWrong(fields);
      else toastError(problem);
    }
  };

  return (
    <PaneFrame
      title={t('form.newChannel')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'new' }) }}
      foot={
        <Button kind="primary" wide busy={busy} type="submit" form="kith-new-channel">
          {t('form.createChannel')}
        </Button>
      }
    >
      <form id="kith-new-channel" className="kith-form" noValidate onSubmit={(event) => void create(event)}>
        <TextField
          label={t('form.nameOfChannel')}
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
          label={t('form.topic')}
          hint={t('form.topicHint')}
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
