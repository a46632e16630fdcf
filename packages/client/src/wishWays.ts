/** What of the person's own can be set without a connection: how a change shows, becomes one with a later one, and is told. */
import type {
  FolderChange,
  Input,
  OwnRecordOf,
  OwnType,
  OwnValue,
  Preference,
  SavedDraft,
} from '@kith/protocol';
import { changeFolder } from '@kith/protocol/folders';
import { defaultPreference } from '@kith/protocol/preferences';
import { type HiddenChange, joinHidden, layHidden, piecesOf } from './hidden.ts';
import type { Request } from './request.ts';

/** What can be wished for, by type of record. */
export interface Changes {
  readonly preference: Partial<Preference>;
  /** An empty text: nothing is begun any more. */
  readonly draft: SavedDraft;
  readonly hidden: HiddenChange;
  readonly folder: FolderChange;
  /** Of a stranger: taken in, or put out of sight. */
  readonly request: { readonly accepted: boolean };
}
export type WishType = keyof Changes & OwnType;

export interface Way<T extends WishType> {
  /** What `value` becomes. */
  lay(value: OwnValue<T> | undefined, change: Changes[T]): OwnValue<T> | undefined;
  join(earlier: Changes[T], later: Changes[T]): Changes[T];
  ask(request: Request, key: string, change: Changes[T]): Promise<{ readonly record: OwnRecordOf<T> }>;
}

const ways: { readonly [T in WishType]: Way<T> } = {
  preference: {
    lay: (value, change) => ({ ...defaultPreference, ...value, ...change }),
    join: (earlier, later) => ({ ...earlier, ...later }),
    ask: (request, conversationId, change) =>
      request('setPreference', { conversationId, ...change } as Input<'setPreference'>),
  },
  draft: {
    lay: (value, change) => {
      if (value && Date.parse(value.at) > Date.parse(change.at)) return value;
      return change.text.trim() === '' ? undefined : change;
    },
    join: (_earlier, later) => later,
    ask: (request, key, { conversationId, ...change }) =>
      request(
        'saveDraft',
        conversationId === undefined
          ? { conversationId: key, ...change }
          : { conversationId, thread: key, ...change },
      ),
  },
  folder: {
    lay: (value, change) => changeFolder(value ?? null, change) ?? undefined,
    join: ({ removed, ...earlier }, later) => ({
      ...earlier,
      // Made again, by an undo.
      ...(removed && later.name === undefined && { removed }),
      ...later,
    }),
    ask: (request, folderId, change) => request('setFolder', { folderId, ...change }),
  },
  request: {
    lay: (value, { accepted }) => (accepted || !value ? undefined : { ...value, declined: true }),
    // What was accepted stays so, as at the server.
    join: (earlier, later) => ({ accepted: earlier.accepted || later.accepted }),
    ask: (request, conversationId, { accepted }) =>
      request(accepted ? 'acceptRequest' : 'declineRequest', { conversationId }),
  },
  hidden: {
    lay: layHidden,
    join: joinHidden,
    ask: async (request, conversationId, change) => {
      const [first, ...rest] = piecesOf(change);
      let answer = await request('hideMessages', { conversationId, ...first });
      for (const piece of rest) answer = await request('hideMessages', { conversationId, ...piece });
      return answer;
    },
  },
};

export const wayOf = <T extends WishType>(type: T): Way<T> => ways[type] as Way<T>;

/** Both, where one may be missing. */
export function joined<T extends WishType>(
  type: T,
  earlier: Changes[T] | undefined,
  later: Changes[T] | undefined,
): Changes[T] {
  if (earlier === undefined || later === undefined) return (later ?? earlier) as Changes[T];
  return wayOf(type).join(earlier, later);
}
