/**
 * What is on screen, gathered from whoever shows it, and told to the client as one set: typing, receipts and presence then
 * come for these and for nothing else.
 */
import type { KithClient } from '@kith/client';
import { limits } from '@kith/client';
import { useEffect } from 'react';
import { useClient } from './client.tsx';

interface Shown {
  readonly conversationIds: readonly string[];
  readonly userIds: readonly string[];
}

/** A fast scroll passes many rows; only where it rests is worth telling. */
const SETTLE_MS = 150;

class Watcher {
  readonly #client: KithClient;
  /** In order of coming; the latest is the most important when it does not all fit. */
  readonly #shown = new Map<object, Shown>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = '';

  constructor(client: KithClient) {
    this.#client = client;
  }

  show(owner: object, shown: Shown): void {
    this.#shown.set(owner, shown);
    this.#soon();
  }

  hide(owner: object): void {
    this.#shown.delete(owner);
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, SETTLE_MS);
  }

  #tell(): void {
    const all = [...this.#shown.values()].reverse();
    const conversationIds = [...new Set(all.flatMap((one) => one.conversationIds))].slice(
      0,
      limits.watchedConversations,
    );
    const userIds = [...new Set(all.flatMap((one) => one.userIds))].slice(0, limits.watchedUsers);
    const key = [...conversationIds, '', ...userIds].join();
    if (key === this.#told) return;
    this.#told = key;
    this.#client.watch({ conversationIds, userIds });
  }
}

const watchers = new WeakMap<KithClient, Watcher>();

function watcherOf(client: KithClient): Watcher {
  let watcher = watchers.get(client);
  if (!watcher) {
    watcher = new Watcher(client);
    watchers.set(client, watcher);
  }
  return watcher;
}

/** Keeps these watched while the component is mounted. */
export function useWatch(conversationIds: readonly string[], userIds: readonly string[]): void {
  const client = useClient();
  const conversationKey = conversationIds.join();
  const userKey = userIds.join();
  useEffect(() => {
    const watcher = watcherOf(client);
    const owner = {};
    const ids = (key: string) => (key ? key.split(',') : []);
    watcher.show(owner, { conversationIds: ids(conversationKey), userIds: ids(userKey) });
    return () => watcher.hide(owner);
  }, [client, conversationKey, userKey]);
}
