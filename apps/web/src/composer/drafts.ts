/**
 * What was begun and not sent, for each conversation, kept in this browser without a word. One entry of localStorage
 * each, so that a keystroke writes one text and not all of them.
 */
import { useSyncExternalStore } from 'react';
import { type Draft, EMPTY, sound } from './text.ts';

const PREFIX = 'kith.draft.';
/** More conversations half-answered than anybody remembers; the oldest go. */
const KEEP = 60;
const WRITE_MS = 400;
/** A pasted book stays in the field, but is not written to storage at every pause. */
const WRITE_CHARS = 500_000;

interface Stored extends Draft {
  /** When it was last written, ms. */
  readonly at: number;
}

let drafts: Map<string, Stored> | undefined;
const listeners = new Map<string, Set<() => void>>();
const dirty = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

function all(): Map<string, Stored> {
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

function read(json: string | null): Stored | undefined {
  try {
    const value = JSON.parse(json ?? 'null') as Partial<Stored> | null;
    if (typeof value?.text !== 'string' || !Array.isArray(value.mentions)) return undefined;
    return { ...sound({ text: value.text, mentions: value.mentions }), at: Number(value.at) || 0 };
  } catch {
    return undefined;
  }
}

export const getDraft = (conversationId: string): Draft => all().get(conversationId) ?? EMPTY;

export function setDraft(conversationId: string, draft: Draft): void {
  const known = all();
  const before = known.get(conversationId);
  if ((before?.text ?? '') === draft.text && before?.mentions === draft.mentions) return;
  if (draft.text.trim() === '') known.delete(conversationId);
  else known.set(conversationId, { ...draft, at: Date.now() });
  dirty.add(conversationId);
  timer ??= setTimeout(flush, WRITE_MS);
  for (const listener of listeners.get(conversationId) ?? []) listener();
}

/** When the account signs out: what it was about to say is nobody else's business. */
export function clearDrafts(): void {
  for (const id of [...all().keys()]) setDraft(id, EMPTY);
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
      if (draft && draft.text.length <= WRITE_CHARS) localStorage.setItem(PREFIX + id, JSON.stringify(draft));
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
    for (const listener of listeners.get(id) ?? []) listener();
  });
}
