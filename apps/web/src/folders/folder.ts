/** What is in a folder, and in which order folders stand. Pure. */
import type { ConversationEntry } from '@kith/client';
import type { Folder, FolderChange } from '@kith/protocol';

export type Rules = Omit<Folder, 'name' | 'emoji' | 'place'>;
export interface NamedFolder extends Folder {
  readonly id: string;
}
type Judged = Pick<ConversationEntry, 'id' | 'conversation' | 'unread' | 'preference' | 'muted' | 'archived'>;

export const sortFolders = (all: ReadonlyMap<string, Folder>): readonly NamedFolder[] =>
  [...all]
    .map(([id, folder]) => ({ id, ...folder }))
    // Ids are given out in order of time, so that equals stand the same way everywhere.
    .sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1));

const waits = ({ unread, preference }: Judged): boolean => unread > 0 || preference.markedUnread;

/** What is put in or left out by hand goes before the rules. */
export function isIn(entry: Judged, rules: Rules): boolean {
  if (rules.excluded.includes(entry.id)) return false;
  return rules.included.includes(entry.id) || fits(entry, rules);
}

function fits(entry: Judged, rules: Rules): boolean {
  return (
    rules.kinds.includes(entry.conversation.kind) &&
    (!rules.unread || waits(entry)) &&
    (!rules.unmuted || !entry.muted) &&
    (!rules.unarchived || !entry.archived)
  );
}

/** Those of the folder, in the order of the list. `open`: what one is just reading does not go from under one's eyes. */
export const inFolder = (
  entries: readonly ConversationEntry[],
  rules: Rules,
  open: string | null = null,
): readonly ConversationEntry[] =>
  entries.filter(
    (entry) => isIn(entry, rules) || (entry.id === open && isIn(entry, { ...rules, unread: false })),
  );

/** Conversations with something new; what is silenced or put aside counts when it mentions one. */
export const waitingIn = (entries: readonly ConversationEntry[], rules: Rules): number =>
  entries.filter(
    (entry) => isIn(entry, rules) && (entry.muted || entry.archived ? entry.mentions > 0 : waits(entry)),
  ).length;

/** Put in, or taken out, by hand: no more is noted than the rules do not say already. */
export function put(
  entry: Judged,
  rules: Rules,
  inside: boolean,
): Pick<FolderChange, 'included' | 'excluded'> {
  const others = (ids: readonly string[]): string[] => ids.filter((id) => id !== entry.id);
  const included = others(rules.included);
  const excluded = others(rules.excluded);
  if (fits(entry, rules) === inside) {
    // A rule that looks at what is unread says something else tomorrow.
    if (inside && rules.unread) included.push(entry.id);
    return { included, excluded };
  }
  if (inside) included.push(entry.id);
  else excluded.push(entry.id);
  return { included, excluded };
}

/** Where a folder is to stand so that it is the one at `index`. */
export function placeAt(folders: readonly NamedFolder[], id: string, index: number): number {
  const others = folders.filter((folder) => folder.id !== id);
  const before = others[index - 1]?.place;
  const after = others[index]?.place;
  if (before === undefined) return (after ?? 1) - 1;
  return after === undefined ? before + 1 : (before + after) / 2;
}
