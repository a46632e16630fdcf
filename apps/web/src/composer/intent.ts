/**
 * What the composer of a conversation is about to do, set from the timeline (reply, edit) and from the composer (cancel,
 * arrow up), read by both. In memory: a reply half begun need not survive a reload, its text does (drafts.ts).
 */
import { useSyncExternalStore } from 'react';

export type Intent =
  | { readonly type: 'write' }
  | { readonly type: 'reply'; readonly messageId: string }
  | { readonly type: 'edit'; readonly messageId: string };

const WRITE: Intent = { type: 'write' };
const intents = new Map<string, Intent>();
const listeners = new Set<() => void>();

export const getIntent = (conversationId: string): Intent => intents.get(conversationId) ?? WRITE;

export function setIntent(conversationId: string, intent: Intent): void {
  if (intent.type === 'write') intents.delete(conversationId);
  else intents.set(conversationId, intent);
  for (const listener of listeners) listener();
}

export const clearIntent = (conversationId: string): void => setIntent(conversationId, WRITE);

export const useIntent = (conversationId: string): Intent =>
  useSyncExternalStore(subscribe, () => getIntent(conversationId));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

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
