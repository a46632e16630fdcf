import { limits } from '@kith/client';
import type { HistoryVisibility, User } from '@kith/protocol';
import { useState } from 'react';
import { useClient } from '../app/client.tsx';
import { back, openConversation } from '../app/route.ts';
import { fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastError } from '../ui/toast.ts';
import { HistoryChoice } from './choices.tsx';
import { PaneFrame } from './PaneFrame.tsx';
import { PeoplePicker } from './PeoplePicker.tsx';

export function NewGroup() {
  const client = useClient();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [history, setHistory] = useState<HistoryVisibility>('joined');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const create = async (): Promise<void> => {
    if (name.trim() === '') return setError(t('form.nameGroup'));
    setBusy(true);
    try {
      const userIds = chosen.map((user) => user.id);
      openConversation(await client.conversations.create({ kind: 'group', name, userIds, history }), null, {
        replace: true,
      });
    } catch (problem) {
      setBusy(false);
      const wrong = fieldErrors(problem)?.['name'];
      if (wrong !== undefined) setError(wrong);
      else toastError(problem);
    }
  };

  return (
    <PaneFrame
      title={t('form.newGroup')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'new' }) }}
      foot={
        <Button kind="primary" wide busy={busy} onClick={() => void create()}>
          {chosen.length === 0
            ? t('form.createGroup')
            : t('form.createGroupOf', { count: chosen.length + 1 })}
        </Button>
      }
    >
      <div className="kith-form">
        <TextField
          label={t('form.nameOfGroup')}
          maxLength={limits.nameLength}
          autoComplete="off"
          data-first
          value={name}
          error={error}
          onChange={(event) => {
            setName(event.target.value);
            setError(undefined);
          }}
        />
        <HistoryChoice value={history} onChange={setHistory} />
      </div>
      <PeoplePicker chosen={chosen} onChange={setChosen} />
    </PaneFrame>
  );
}
