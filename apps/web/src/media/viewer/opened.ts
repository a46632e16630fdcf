/**
 * What stands over everything in the viewer: asked for from anywhere, drawn by the shell. It is an entry of the browser's
 * history, so that "back" closes it, and a reload shows it again.
 */

import type { MessageRecord } from '@kith/protocol';
import { isId } from '@kith/protocol/ids';
import { cell } from '../../app/cell.ts';
import { onRoute } from '../../app/route.ts';

export interface ViewerTarget {
  readonly conversationId: string;
  readonly messageId: string;
  readonly fileId: string;
}

interface EntryState {
  readonly depth?: number;
  readonly viewer?: ViewerTarget;
}

const shown = cell<ViewerTarget | undefined>(undefined);
export const useViewer = shown.use;

/** The message as whoever opened it had it: the server may not know it yet. */
let given: MessageRecord | undefined;
export const givenRecord = (messageId: string): MessageRecord | undefined =>
  given?.id === messageId ? given : undefined;

/** Done when it has closed. */
let then: (() => void) | undefined;

const entry = (): EntryState => (history.state ?? {}) as EntryState;

function ofEntry(): ViewerTarget | undefined {
  const { viewer } = entry();
  return viewer && [viewer.conversationId, viewer.messageId, viewer.fileId].every(isId) ? viewer : undefined;
}

shown.set(ofEntry());
onRoute(() => {
  shown.set(ofEntry());
  if (shown.get()) return;
  given = undefined;
  const run = then;
  then = undefined;
  run?.();
});

export function openViewer(target: ViewerTarget, record?: MessageRecord): void {
  given = record;
  const state = entry();
  const next = { ...state, viewer: target };
  if (shown.get()) history.replaceState(next, '');
  else history.pushState({ ...next, depth: (state.depth ?? 0) + 1 }, '');
  shown.set(target);
}

/** `run`: once it is closed, and the history is where it was before. */
export function closeViewer(run?: () => void): void {
  if (!shown.get()) return run?.();
  then = run;
  history.back();
}
