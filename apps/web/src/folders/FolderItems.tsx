/** In the menu of a conversation: the folders, each with a check where it is in. */
import type { ConversationEntry } from '@kith/client';
import { Check, FolderPlus } from 'lucide-react';
import { useClient } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import { MenuItem, MenuSeparator, SubMenu } from '../ui/Menu.tsx';
import { toast, toastError } from '../ui/toast.ts';
import { editFolder, useFolders } from './chosen.ts';
import { isIn, type NamedFolder, put } from './folder.ts';

export function FolderItems({ entry }: { readonly entry: ConversationEntry }) {
  const client = useClient();
  const folders = useFolders();
  const toggle = (folder: NamedFolder): void => {
    const inside = !isIn(entry, folder);
    const { included, excluded } = folder;
    client.own.setFolder(folder.id, put(entry, folder, inside)).catch(toastError);
    const { name } = folder;
    toast(inside ? t('folder.added', { name }) : t('folder.takenOut', { name }), {
      action: {
        label: t('common.undo'),
        run: () => void client.own.setFolder(folder.id, { included, excluded }).catch(toastError),
      },
    });
  };
  return (
    <SubMenu icon={FolderPlus} label={t('folder.addTo')}>
      {folders.map((folder) => {
        const inside = isIn(entry, folder);
        return (
          <MenuItem key={folder.id} {...(inside && { icon: Check })} onSelect={() => toggle(folder)}>
            {inside
              ? t('folder.takeOutOf', { name: folder.name })
              : `${folder.emoji ? `${folder.emoji} ` : ''}${folder.name}`}
          </MenuItem>
        );
      })}
      {folders.length > 0 && <MenuSeparator />}
      <MenuItem onSelect={() => editFolder({ begin: { included: [entry.id] } })}>{t('folder.new')}</MenuItem>
    </SubMenu>
  );
}
