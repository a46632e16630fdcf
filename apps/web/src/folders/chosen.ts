/** Which folder the list shows on this device; null: all conversations. And the folder that is being edited. */
import type { Folder } from '@kith/protocol';
import { useMemo } from 'react';
import { cell } from '../app/cell.ts';
import { useClient, useReadable } from '../app/client.tsx';
import { type NamedFolder, sortFolders } from './folder.ts';

const KEY = 'kith.folder';
const chosen = cell<string | null>(null);
chosen.set(stored());

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage is blocked: the choice holds until the page is left.
    return null;
  }
}

export function chooseFolder(id: string | null): void {
  chosen.set(id);
  try {
    if (id === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, id);
  } catch {
    // As above.
  }
}

export const useFolders = (): readonly NamedFolder[] => {
  const all = useReadable(useClient().own.all('folder'));
  return useMemo(() => sortFolders(all), [all]);
};

/** None where it was removed meanwhile, here or elsewhere. */
export function useChosenFolder(): NamedFolder | null {
  const folders = useFolders();
  const id = chosen.use();
  return folders.find((folder) => folder.id === id) ?? null;
}

/** An existing one by its id, or a new one that begins so. */
export type EditedFolder = { readonly id: string } | { readonly begin: Partial<Folder> };
const edited = cell<EditedFolder | null>(null);
export const editFolder = edited.set;
export const useEditedFolder = edited.use;
