/** What a change makes of a folder, for both sides of the wire. Without zod, for clients that want to stay small. */
import type { Folder, FolderChange } from './own.ts';

/** Holds nothing until something is put into it. */
export const emptyFolder: Omit<Folder, 'name'> = {
  emoji: null,
  place: 0,
  kinds: [],
  unread: false,
  unmuted: false,
  unarchived: false,
  included: [],
  excluded: [],
};

/** Null: there is none. A name makes one; what changes a folder that was removed elsewhere does not bring it back. */
export function changeFolder(before: Folder | null, { removed, ...change }: FolderChange): Folder | null {
  if (removed || (before === null && change.name === undefined)) return null;
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { name: '', ...emptyFolder, ...before, ...given };
}
