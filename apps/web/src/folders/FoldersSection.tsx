/** The folders in Settings: made, put in order, changed and removed here. */
import { limits } from '@kith/client';
import { ArrowDown, ArrowUp, FolderPlus, Pencil, Trash2 } from 'lucide-react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Section } from '../ui/Choice.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { editFolder, useFolders } from './chosen.ts';
import { type NamedFolder, placeAt } from './folder.ts';
import './folders.css';

export function FoldersSection() {
  const client = useClient();
  const folders = useFolders();
  const move = (id: string, to: number): void => {
    client.own.setFolder(id, { place: placeAt(folders, id, to) }).catch(toastError);
  };
  const remove = ({ id, ...folder }: NamedFolder): void => {
    client.own.setFolder(id, { removed: true }).catch(toastError);
    toast(t('folder.removed', { name: folder.name }), {
      action: { label: t('common.undo'), run: () => void client.own.setFolder(id, folder).catch(toastError) },
    });
  };
  return (
    <Section title={t('folder.title')}>
      {folders.length === 0 && <p className="kith-pane-note">{t('folder.what')}</p>}
      <ul className="kith-folders">
        {folders.map((folder, at) => {
          const { id, name, emoji } = folder;
          return (
            <li key={id}>
              <span className="kith-folders-name">
                {emoji && <span aria-hidden="true">{emoji}</span>}
                <bdi>{name}</bdi>
              </span>
              {at > 0 && (
                <IconButton
                  icon={ArrowUp}
                  size="s"
                  bare
                  label={t('folder.up', { name })}
                  onClick={() => move(id, at - 1)}
                />
              )}
              {at < folders.length - 1 && (
                <IconButton
                  icon={ArrowDown}
                  size="s"
                  bare
                  label={t('folder.down', { name })}
                  onClick={() => move(id, at + 1)}
                />
              )}
              <IconButton
                icon={Pencil}
                size="s"
                bare
                label={t('folder.edit', { name })}
                onClick={() => editFolder({ id })}
              />
              <IconButton
                icon={Trash2}
                size="s"
                bare
                label={t('folder.remove', { name })}
                onClick={() => remove(folder)}
              />
            </li>
          );
        })}
      </ul>
      <Button wide disabled={folders.length >= limits.folders} onClick={() => editFolder({ begin: {} })}>
        <FolderPlus size={18} strokeWidth={1.75} aria-hidden="true" />
        {t('folder.new')}
      </Button>
    </Section>
  );
}
