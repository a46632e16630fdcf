/**
 * What was begun and not sent, for each conversation: the text, and what it answers. This browser's copy, at hand at once, one
 * entry of localStorage each, so that a keystroke writes one text and not all of them; draftSync.ts keeps it in step with the
 * person's other devices.
 */
import { useSyncExternalStore } from 'react';
import { type Draft, EMPTY, sound } from './text.ts';

const PREFIX = 'kith.draft.';
/** More conversations half-answered than anybody remembers; the oldest go. */
const KEEP = 60;
const WRITE_MS = 400;
/** A pasted book stays in the field, but is not written to storage at every pause. */
const WRITE_CHARS = 500_000;

export interface StoredDraft extends Draft {
  /** Of a thread, whose root is its place: the conversation it is in. */
  readonly conversationId?: string;
  /** The message it answers. Alone, without a text, it is not worth keeping beyond this page. */
  readonly replyTo?: string;
  /** When it was last written, ms. */
  readonly at: number;
  /** The server has it, as it is. */
  readonly told?: true;
}

let drafts: Map<string, StoredDraft> | undefined;
/** In which conversations the threads are that one writes in here. */
const threads = new Map<string, string>();
const listeners = new Map<string, Set<() => void>>();
const anyListeners = new Set<() => void>();
const writtenListeners = new Set<(conversationId: string) => void>();
const dirty = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

function all(): Map<string, StoredDraft> {
  if (drafts) return drafts;
  drafts = new Map();
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (!key?.startsWith(PREFIX)) continue;
      const stored = read(localStorage.getItem(key));
      if (stored) drafts.set(key.slice(PREFIX.length), stored);
    }
  } catch {
    // Storage is forbidden here: drafts live as long as the page.
  }
  return drafts;
}

function read(json: string | null): StoredDraft | undefined {
  try {
    const value = JSON.parse(json ?? 'null') as Partial<StoredDraft> | null;
    if (typeof value?.text !== 'string' || !Array.isArray(value.mentions)) return undefined;
    return {
      ...sound({ text: value.text, mentions: value.mentions }),
      ...(typeof value.replyTo === 'string' && { replyTo: value.replyTo }),
      ...(typeof value.conversationId === 'string' && { conversationId: value.conversationId }),
      ...(value.told === true && { told: true as const }),
      at: Number(value.at) || 0,
    };
  } catch {
    return undefined;
  }
}

/** This place is a thread; told before anything is written there. */
export const placeThread = (rootId: string, conversationId: string): void => {
  threads.set(rootId, conversationId);
};
/** Undefined: the place is a conversation itself, as far as is known. */
export const conversationOf = (place: string): string | undefined =>
  threads.get(place) ?? all().get(place)?.conversationId;

export const allDrafts = (): ReadonlyMap<string, StoredDraft> => all();
export const getDraft = (conversationId: string): Draft => all().get(conversationId) ?? EMPTY;
export const getReplyTo = (conversationId: string): string | undefined => all().get(conversationId)?.replyTo;

export function setDraft(conversationId: string, draft: Draft): void {
  const before = all().get(conversationId);
  if ((before?.text ?? '') === draft.text && before?.mentions === draft.mentions) return;
  written(conversationId, { text: draft.text, mentions: draft.mentions, replyTo: before?.replyTo });
}

export function setReplyTo(conversationId: string, replyTo: string | undefined): void {
  const before = all().get(conversationId);
  if (before?.replyTo === replyTo) return;
  written(conversationId, { text: before?.text ?? '', mentions: before?.mentions ?? [], replyTo });
}

/** What was begun has been dealt with, and goes, unless it is no longer what it was. Says whether it went. */
export function finishDraft(place: string, { text }: Draft, replyTo: string | undefined): boolean {
  const now = all().get(place);
  if ((now?.text ?? '') !== text || now?.replyTo !== replyTo) return false;
  written(place, { ...EMPTY, replyTo: undefined });
  return true;
}

/** By the person, here and now. */
function written(
  conversationId: string,
  { replyTo, ...draft }: Draft & { readonly replyTo: string | undefined },
): void {
  const within = conversationOf(conversationId);
  keep(conversationId, {
    ...draft,
    ...(replyTo !== undefined && { replyTo }),
    ...(within !== undefined && { conversationId: within }),
    at: Date.now(),
  });
  for (const listener of writtenListeners) listener(conversationId);
}

/** As it is elsewhere, or known to be there; undefined: there is none any more. */
export function keep(conversationId: string, draft: StoredDraft | undefined): void {
  const known = all();
  if (!draft || (draft.text.trim() === '' && draft.replyTo === undefined)) known.delete(conversationId);
  else known.set(conversationId, draft);
  dirty.add(conversationId);
  timer ??= setTimeout(flush, WRITE_MS);
  changed(conversationId);
}

function changed(conversationId: string): void {
  for (const listener of listeners.get(conversationId) ?? []) listener();
  for (const listener of anyListeners) listener();
}

/** When the account signs out: what it was about to say is nobody else's business. */
export function clearDrafts(): void {
  for (const id of [...all().keys()]) keep(id, undefined);
  flush();
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const known = all();
  if (known.size > KEEP) {
    const oldest = [...known].sort(([, a], [, b]) => a.at - b.at).slice(0, known.size - KEEP);
    for (const [id] of oldest) {
      known.delete(id);
      dirty.add(id);
    }
  }
  for (const id of dirty) {
    const draft = known.get(id);
    try {
      if (draft && draft.text.trim() !== '' && draft.text.length <= WRITE_CHARS)
        localStorage.setItem(PREFIX + id, JSON.stringify(draft));
      else localStorage.removeItem(PREFIX + id);
    } catch {
      // Full or forbidden: this draft lives as long as the page.
    }
  }
  dirty.clear();
}

/** The draft itself, for the composer. The same object until it changes. */
export const useDraft = (conversationId: string): Draft =>
  useSyncExternalStore(
    (listener) => subscribe(conversationId, listener),
    () => getDraft(conversationId),
  );

/** The text begun in a conversation, for its row in the list; undefined when there is none. Names already stand in it. */
export const useDraftText = (conversationId: string): string | undefined =>
  useSyncExternalStore(
    (listener) => subscribe(conversationId, listener),
    () => all().get(conversationId)?.text,
  );

function subscribe(conversationId: string, listener: () => void): () => void {
  let set = listeners.get(conversationId);
  if (!set) {
    set = new Set();
    listeners.set(conversationId, set);
  }
  set.add(listener);
  return () => {
    set.delete(listener);
    if (set.size === 0 && listeners.get(conversationId) === set) listeners.delete(conversationId);
  };
}

/** Any draft, for whatever reason. */
export function onDrafts(listener: () => void): () => void {
  anyListeners.add(listener);
  return () => anyListeners.delete(listener);
}

/** Only what the person does here. */
export function onWritten(listener: (conversationId: string) => void): () => void {
  writtenListeners.add(listener);
  return () => writtenListeners.delete(listener);
}

if (typeof window !== 'undefined') {
  // The last chance to write: a page may be thrown away without any later event.
  addEventListener('pagehide', flush);
  // Another tab of this browser wrote a draft.
  addEventListener('storage', ({ key, newValue }) => {
    if (!key?.startsWith(PREFIX)) return;
    const id = key.slice(PREFIX.length);
    const stored = read(newValue);
    if (stored) all().set(id, stored);
    else all().delete(id);
    changed(id);
  });
}
