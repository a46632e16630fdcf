/**
 * Where the person is, held by the browser's history so that back, reload and links work: `/`, `/c/:id`, `/c/:id?m=:messageId`.
 * What has no address of its own (the info panel, settings and the like) lives in the entry's state.
 */
import { isId } from '@kith/protocol/ids';
import { useSyncExternalStore } from 'react';

/** What the left pane shows. */
export const lefts = [
  'chats',
  'new',
  'new-group',
  'new-channel',
  'channels',
  'threads',
  'requests',
  'later',
  'settings',
  'security',
  'invites',
  'place',
  'share',
] as const;
export type Left = (typeof lefts)[number];

export interface ThreadPlace {
  readonly rootId: string;
  readonly messageId?: string;
}

export interface Route {
  readonly conversationId: string | null;
  /** A message to bring into view. */
  readonly messageId: string | null;
  readonly left: Left;
  /** Among the chats: those of the archive. */
  readonly archive: boolean;
  /** The side panel of the open conversation. */
  readonly panel: 'info' | 'shared' | 'thread' | null;
  /** What the panel shows of a thread: its root, and a reply to bring into view. */
  readonly thread: ThreadPlace | null;
  /** How many entries of this app lie below this one: whether "back" stays inside. */
  readonly depth: number;
  /** Whether the entry below this one is the plain list. */
  readonly onList: boolean;
}

interface EntryState {
  readonly left?: Left;
  readonly archive?: true;
  readonly panel?: 'info' | 'shared' | 'thread';
  readonly thread?: ThreadPlace;
  readonly depth?: number;
  readonly onList?: boolean;
}

function panelOf(conversationId: string | null, { panel, thread }: EntryState): Route['panel'] {
  if (conversationId === null || panel === undefined) return null;
  return panel === 'thread' && !isId(thread?.rootId) ? null : panel;
}

function read(): Route {
  const [, c, id] = location.pathname.split('/');
  const conversationId = c === 'c' && isId(id) ? id : null;
  const messageId = new URLSearchParams(location.search).get('m');
  const state = (history.state ?? {}) as EntryState;
  return {
    conversationId,
    messageId: conversationId && isId(messageId) ? messageId : null,
    left: lefts.find((left) => left === state.left) ?? 'chats',
    archive: state.archive ?? false,
    panel: panelOf(conversationId, state),
    thread: panelOf(conversationId, state) === 'thread' ? (state.thread ?? null) : null,
    depth: state.depth ?? 0,
    onList: state.onList ?? false,
  };
}

let route = read();
const listeners = new Set<() => void>();

function changed(): void {
  route = read();
  for (const listener of listeners) listener();
}

addEventListener('popstate', changed);

export const currentRoute = (): Route => route;

export const onRoute = (listener: () => void): (() => void) => subscribe(listener);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useRoute = (): Route => useSyncExternalStore(subscribe, currentRoute);

export type Place = Omit<Route, 'depth' | 'onList'>;

export interface NavigateOptions {
  /** In place of the present entry: for steps nobody wants to walk back through. */
  readonly replace?: boolean;
}

/** Goes where `to` says; what it leaves out stays, except that another conversation begins without a message. */
export function navigate(to: Partial<Place>, { replace = false }: NavigateOptions = {}): void {
  const conversationId = to.conversationId === undefined ? route.conversationId : to.conversationId;
  const messageId = to.messageId ?? null;
  const left = to.left ?? route.left;
  const archive = to.archive ?? route.archive;
  // A thread belongs to its conversation.
  const stays = route.panel !== 'thread' || conversationId === route.conversationId ? route.panel : null;
  const panel = to.panel === undefined ? stays : to.panel;
  const thread = to.thread ?? route.thread;
  const path = conversationId ? `/c/${conversationId}${messageId ? `?m=${messageId}` : ''}` : '/';
  const state: EntryState = {
    ...(left !== 'chats' && { left }),
    ...(archive && { archive }),
    ...(panel && conversationId && { panel }),
    ...(panel === 'thread' && conversationId && thread && { thread }),
    depth: replace ? route.depth : route.depth + 1,
    onList: replace ? route.onList : route.conversationId === null && route.left === 'chats',
  };
  if (replace) history.replaceState(state, '', path);
  else history.pushState(state, '', path);
  changed();
}

/** One step back inside the app; `otherwise` when it was entered right here, by a link or a reload in a new tab. */
export function back(otherwise: Partial<Place>): void {
  if (route.depth > 0) history.back();
  else navigate(otherwise, { replace: true });
}

/** To the list, as the arrow of a phone's header says: a step back where the list lies there, so that the history does not grow. */
export function toList(): void {
  if (route.onList && route.depth > 0) history.back();
  else navigate({ conversationId: null, panel: null, left: 'chats' }, { replace: true });
}

/** Opens a conversation, at a message if one is given. */
export const openConversation = (
  conversationId: string,
  messageId: string | null = null,
  options?: NavigateOptions,
): void => navigate({ conversationId, messageId, left: 'chats' }, options);
