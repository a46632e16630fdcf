/**
 * Drafts over the person's devices: told when the writing pauses, taken when another device wrote later. What is being typed
 * here is never exchanged under the cursor.
 */
import type { KithClient } from '@kith/client';
import { limits } from '@kith/client';
import type { SavedDraft } from '@kith/protocol';
import { findMentions } from '@kith/protocol/mentions';
import { allDrafts, conversationOf, keep, onWritten } from './drafts.ts';
import { fromWire, toWire } from './text.ts';

const PAUSE_MS = 1_500;
/** Names of mentioned people may have to be fetched first; so long their draft waits. */
const NAMES_MS = 3_000;

/** Whether the cursor stands in a text begun in this conversation. */
const atCursor = (conversationId: string): boolean => {
  const field = document.activeElement;
  return (
    document.hasFocus() &&
    field instanceof HTMLTextAreaElement &&
    field.dataset['draft'] === conversationId &&
    field.value !== ''
  );
};

/** Returns how to stop. */
export function syncDrafts(client: KithClient): () => void {
  const elsewhere = client.own.all('draft');
  let seen: ReadonlyMap<string, SavedDraft> = new Map();
  /** Written here and not told yet. */
  const untold = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  let stopped = false;

  /** Of a conversation that one is in, or of a thread in it. */
  const isShared = (id: string): boolean =>
    client.conversations.get(conversationOf(id) ?? id).get() !== undefined;

  const tell = (id: string): void => {
    clearTimeout(untold.get(id));
    untold.delete(id);
    const draft = allDrafts().get(id);
    const there = elsewhere.get().get(id);
    const text = draft ? toWire(draft) : '';
    if ((text === '' && !there) || text.length > limits.draftLength) return;
    // A clock that is behind must not lose against what this device has already seen.
    const at = Math.max(draft?.at ?? Date.now(), there ? Date.parse(there.at) + 1 : 0);
    const conversationId = conversationOf(id) ?? there?.conversationId;
    client.own
      .saveDraft(id, {
        text,
        ...(draft?.replyTo !== undefined && { replyTo: draft.replyTo }),
        ...(conversationId !== undefined && { conversationId }),
        at: new Date(at).toISOString(),
      })
      .then(
        () => {
          if (stopped || !draft || allDrafts().get(id) !== draft) return;
          // The time as the server has it: a clock that is ahead would shut out what is written elsewhere.
          const there = elsewhere.get().get(id);
          keep(id, { ...draft, at: there ? Math.min(at, Date.parse(there.at)) : at, told: true });
        },
        // Too many, or no longer a member: it stays a draft of this device.
        () => undefined,
      );
  };
  const tellAll = (): void => {
    for (const id of [...untold.keys()]) tell(id);
  };

  const take = async (id: string, value: SavedDraft): Promise<void> => {
    const nameOf = (userId: string) => client.users.get(userId).get()?.displayName;
    await namesKnown(client, findMentions(value.text).userIds);
    const local = allDrafts().get(id);
    if (stopped || elsewhere.get().get(id) !== value || untold.has(id) || atCursor(id)) return;
    if (local && local.at >= Date.parse(value.at)) return;
    keep(id, {
      ...fromWire(value.text, nameOf),
      ...(value.replyTo !== undefined && { replyTo: value.replyTo }),
      ...(value.conversationId !== undefined && { conversationId: value.conversationId }),
      at: Date.parse(value.at),
      told: true,
    });
  };

  const look = (): void => {
    const before = seen;
    seen = elsewhere.get();
    for (const id of new Set([...before.keys(), ...seen.keys()])) {
      const value = seen.get(id);
      if (value) void take(id, value);
      // Sent or thrown away elsewhere, as it stands here: under the cursor too, or it would be sent twice.
      else if (allDrafts().get(id)?.told && !untold.has(id)) keep(id, undefined);
    }
  };

  const stops = [
    elsewhere.subscribe(look),
    onWritten((id) => {
      if (!isShared(id)) return;
      clearTimeout(untold.get(id));
      // Sent, or emptied: there is nothing to wait for.
      if (allDrafts().has(id)) untold.set(id, setTimeout(tell, PAUSE_MS, id));
      else tell(id);
    }),
  ];
  const onFocusOut = (): void => {
    tellAll();
    // What waited for the cursor to go.
    setTimeout(() => stopped || look(), 0);
  };
  addEventListener('focusout', onFocusOut);
  addEventListener('pagehide', tellAll);
  for (const [id, draft] of allDrafts()) if (isShared(id) && !draft.told) tell(id);
  look();
  return () => {
    stopped = true;
    for (const pause of untold.values()) clearTimeout(pause);
    for (const stop of stops) stop();
    removeEventListener('focusout', onFocusOut);
    removeEventListener('pagehide', tellAll);
  };
}

/** Resolves when they are, or will not be soon. */
function namesKnown(client: KithClient, ids: readonly string[]): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, NAMES_MS));
  const each = ids.map(
    (id) =>
      new Promise<void>((resolve) => {
        const user = client.users.get(id);
        if (user.get()) return resolve();
        const stop = user.subscribe(() => {
          if (!user.get()) return;
          stop();
          resolve();
        });
      }),
  );
  return ids.length === 0 ? Promise.resolve() : Promise.race([Promise.all(each), late]);
}
