import type { ConversationEntry } from '@kith/client';
import { limits } from '@kith/client';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useFace } from '../app/people.ts';
import { fieldErrors } from '../i18n/errors.ts';
import { t } from '../i18n/index.ts';
import { AvatarField } from '../profile/AvatarField.tsx';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastError } from '../ui/toast.ts';
import { FilesChoice, HistoryChoice, VisibilityChoice } from './choices.tsx';
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
  const face = useFace(entry);
  const [change, setChange] = useState<Change>({});
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const channel = conversation.kind === 'channel';
  const name = change.name ?? conversation.name;
  const rules = conversation.files ?? null;

  const set = (next: Change): void => {
    setChange({ ...change, ...next });
    setWrong({});
  };

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === '') return setWrong({ name: t('form.enterName') });
    const now = { ...conversation, files: rules } as unknown as Readonly<Record<string, unknown>>;
    const differing = Object.fromEntries(
      // As they are written: rules of files are an object.
      Object.entries(change).filter(([key, value]) => JSON.stringify(now[key]) !== JSON.stringify(value)),
    ) as Change;
    if (Object.keys(differing).length === 0) return onDone();
    setBusy(true);
    try {
      await client.conversations.update(entry.id, differing);
      onDone();
    } catch (problem) {
      setBusy(false);
      const fields = fieldErrors(problem);
      if (fields) setWrong(fields);
      else toastError(problem);
    }
  };

  return (
    <PaneFrame
      title={channel ? t('details.editChannel') : t('details.editGroup')}
      exit={{ kind: 'back', label: t('details.backToDetails'), run: onDone }}
      foot={
        <Button kind="primary" wide type="submit" form="kith-edit-conversation" busy={busy}>
          {t('common.save')}
        </Button>
      }
    >
      <form
        id="kith-edit-conversation"
        className="kith-form"
        noValidate
        onSubmit={(event) => void save(event)}
      >
        <div className="kith-form-face">
          <AvatarField
            avatar={face.avatar}
            onChange={(avatar) => client.conversations.update(entry.id, { avatar })}
          />
        </div>
        <TextField
          label={t('form.name')}
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
              label={t('form.topic')}
              hint={t('form.topicHint')}
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
        <FilesChoice
          value={change.files === undefined ? rules : change.files}
          onChange={(files) => set({ files })}
        />
      </form>
    </PaneFrame>
  );
}
