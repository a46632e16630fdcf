/** One folder: its name, what belongs to it by rule, and by hand. */
import { type ConversationEntry, limits } from '@kith/client';
import { emptyFolder } from '@kith/protocol/folders';
import { newId } from '@kith/protocol/ids';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useClient, useReadable } from '../app/client.tsx';
import { fold, useFace } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { SearchField } from '../panels/SearchField.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/TextField.tsx';
import { toastError } from '../ui/toast.ts';
import { chooseFolder, type EditedFolder, editFolder, useFolders } from './chosen.ts';
import { isIn, put } from './folder.ts';
import './folders.css';

const KINDS = [
  ['direct', 'folder.kind.direct'],
  ['group', 'folder.kind.group'],
  ['channel', 'folder.kind.channel'],
] as const;
const RULES = [
  ['unread', 'folder.rule.unread'],
  ['unmuted', 'folder.rule.unmuted'],
  ['unarchived', 'folder.rule.unarchived'],
] as const;
/** As many rows as anybody looks through; the search finds the others. */
const ROWS_MAX = 60;

export default function FolderDialog({ edited }: { readonly edited: EditedFolder }) {
  const client = useClient();
  const form = useId();
  const folders = useFolders();
  const [id] = useState(() => ('id' in edited ? edited.id : newId()));
  const [folder, setFolder] = useState(() => {
    const known = folders.find((one) => one.id === id);
    const last = folders.at(-1)?.place ?? 0;
    if (!known) return { name: '', ...emptyFolder, place: last + 1, ...('begin' in edited && edited.begin) };
    const { id: _, ...rest } = known;
    return rest;
  });
  const change = (part: Partial<typeof folder>): void => setFolder((before) => ({ ...before, ...part }));
  const list = useReadable(client.conversations.list);
  const archive = useReadable(client.conversations.archive);
  const [query, setQuery] = useState('');
  // At first those that are in by hand, so that they are found again; what is pressed stays where it is.
  const [first] = useState(() => new Set(folder.included));
  const entries = [...list, ...archive];
  const sorted = [
    ...entries.filter((one) => first.has(one.id)),
    ...entries.filter((one) => !first.has(one.id)),
  ];

  const save = (event: FormEvent): void => {
    event.preventDefault();
    const name = folder.name.trim();
    if (name === '') return;
    const emoji = folder.emoji?.trim() || null;
    client.own.setFolder(id, { ...folder, name, emoji }).catch(toastError);
    if ('begin' in edited) chooseFolder(id);
    editFolder(null);
  };
  const close = (): void => editFolder(null);
  return (
    <Dialog
      open
      onClose={close}
      title={'id' in edited ? t('folder.editTitle') : t('folder.new')}
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form={form} disabled={folder.name.trim() === ''}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form id={form} className="kith-folder-form" onSubmit={save}>
        <div className="kith-folder-names">
          <TextField
            label={t('folder.emoji')}
            value={folder.emoji ?? ''}
            onChange={(event) => change({ emoji: oneEmoji(event.target.value) })}
            autoComplete="off"
          />
          <TextField
            label={t('folder.name')}
            value={folder.name}
            maxLength={limits.folderNameLength}
            onChange={(event) => change({ name: event.target.value })}
            autoComplete="off"
            required
          />
        </div>
        <Checks legend={t('folder.kinds')}>
          {KINDS.map(([kind, label]) => (
            <Check
              key={kind}
              label={t(label)}
              checked={folder.kinds.includes(kind)}
              onChange={(on) =>
                change({ kinds: on ? [...folder.kinds, kind] : folder.kinds.filter((one) => one !== kind) })
              }
            />
          ))}
        </Checks>
        {folder.kinds.length > 0 && (
          <Checks legend={t('folder.rules')}>
            {RULES.map(([rule, label]) => (
              <Check
                key={rule}
                label={t(label)}
                checked={folder[rule]}
                onChange={(on) => change({ [rule]: on })}
              />
            ))}
          </Checks>
        )}
        <fieldset className="kith-folder-hand">
          <legend>{t('folder.byHand')}</legend>
          <SearchField label={t('folder.find')} value={query} onChange={setQuery} />
          <ul>
            {sorted.slice(0, query ? undefined : ROWS_MAX).map((entry) => (
              <Row
                key={entry.id}
                entry={entry}
                query={query}
                checked={isIn(entry, folder)}
                onChange={(on) => change(put(entry, folder, on) as Partial<typeof folder>)}
              />
            ))}
          </ul>
        </fieldset>
      </form>
    </Dialog>
  );
}

/** The last one typed; what is none is not taken. */
function oneEmoji(text: string): string | null {
  const signs = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return (
    signs.findLast((sign) => /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(sign)) ?? null
  );
}

function Checks({ legend, children }: { readonly legend: string; readonly children: ReactNode }) {
  return (
    <fieldset className="kith-folder-checks">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}

function Check({
  label,
  checked,
  onChange,
}: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Row({
  entry,
  query,
  checked,
  onChange,
}: {
  readonly entry: ConversationEntry;
  readonly query: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  const { name, avatar } = useFace(entry);
  if (!fold(name).includes(fold(query.trim()))) return null;
  return (
    <li>
      <label>
        <Avatar {...avatar} size={32} />
        <bdi>{name}</bdi>
        <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      </label>
    </li>
  );
}
