/**
 * What the composer of a conversation is about to do, set from the timeline (reply, edit) and from the composer (cancel,
 * arrow up), read by both. What is answered belongs to the draft (drafts.ts); an edit half begun need not survive a reload.
 */
import { useSyncExternalStore } from 'react';
import { cell } from '../app/cell.ts';
import { getReplyTo, onDrafts, setReplyTo } from './drafts.ts';

export type Intent =
  | { readonly type: 'write' }
  | { readonly type: 'reply'; readonly messageId: string }
  | { readonly type: 'edit'; readonly messageId: string };

const WRITE: Intent = { type: 'write' };
const edits = cell<ReadonlyMap<string, Intent>>(new Map());
/** The same object for the same question. */
const replies = new Map<string, Intent>();

export function getIntent(conversationId: string): Intent {
  const edit = edits.get().get(conversationId);
  if (edit) return edit;
  const messageId = getReplyTo(conversationId);
  if (messageId === undefined) return WRITE;
  const known = replies.get(conversationId);
  if (known?.type === 'reply' && known.messageId === messageId) return known;
  const reply: Intent = { type: 'reply', messageId };
  replies.set(conversationId, reply);
  return reply;
}

export function setIntent(conversationId: string, intent: Intent): void {
  const next = new Map(edits.get());
  const wasEdit = next.delete(conversationId);
  if (intent.type === 'edit') next.set(conversationId, intent);
  else if (intent.type === 'reply') setReplyTo(conversationId, intent.messageId);
  // The end of an edit gives back what was answered before it.
  else if (!wasEdit) setReplyTo(conversationId, undefined);
  if (wasEdit || intent.type === 'edit') edits.set(next);
}

export const clearIntent = (conversationId: string): void => setIntent(conversationId, WRITE);

export const useIntent = (conversationId: string): Intent =>
  useSyncExternalStore(subscribe, () => getIntent(conversationId));

function subscribe(listener: () => void): () => void {
  const stops = [edits.subscribe(listener), onDrafts(listener)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Whether a change of a message is begun: it lives in this page only. */
export const isEditing = (): boolean => edits.get().size > 0;

/** The composer tells the timelines that something was sent: they go to the end, where it appears. */
const sentListeners = new Set<(conversationId: string) => void>();

export function announceSent(conversationId: string): void {
  for (const listener of sentListeners) listener(conversationId);
}

export function onSent(listener: (conversationId: string) => void): () => void {
  sentListeners.add(listener);
  return () => sentListeners.delete(listener);
}

/** Where the writing goes on: called by a timeline when Escape or typing means the composer. */
const focusListeners = new Set<(conversationId: string) => void>();

export function focusComposer(conversationId: string): void {
  for (const listener of focusListeners) listener(conversationId);
}

export function onFocusComposer(listener: (conversationId: string) => void): () => void {
  focusListeners.add(listener);
  return () => focusListeners.delete(listener);
}

/** A timeline knows which message of one's own is the last; arrow up in an empty composer edits it. */
const lastOwn = new Map<string, () => string | undefined>();

export function provideLastOwn(conversationId: string, find: () => string | undefined): () => void {
  lastOwn.set(conversationId, find);
  return () => {
    if (lastOwn.get(conversationId) === find) lastOwn.delete(conversationId);
  };
}

export const findLastOwn = (conversationId: string): string | undefined => lastOwn.get(conversationId)?.();
