/** The shortcuts of the whole app, obeyed. The table of all stands in shortcuts.ts. */
import { useEffect, useRef } from 'react';
import { openSwitcher } from '../search/openings.ts';
import { useClient } from './client.tsx';
import { closePanel, openPanel } from './panel.ts';
import { back, currentRoute, navigate, openConversation } from './route.ts';
import { openSheet } from './sheet.ts';
import { isShortcut, type ShortcutId } from './shortcuts.ts';

/** What floats has the keys for itself. */
const isCovered = (): boolean =>
  document.querySelector('.kith-dialog, .kith-viewer, .kith-menu, .kith-info, .kith-emoji-popup') !== null;

/** Runs while the component is mounted, wherever the focus is, unless something floats above. */
export function useShortcut(id: ShortcutId, run: (event: KeyboardEvent) => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || !isShortcut(event, id) || isCovered()) return;
      event.preventDefault();
      latest.current(event);
    };
    // Before the composer takes a "?" that nothing has the focus for; Escape after everything nearer.
    const capture = id !== 'close';
    addEventListener('keydown', onKey, { capture });
    return () => removeEventListener('keydown', onKey, { capture });
  }, [id]);
}

export function useShortcuts(): void {
  const client = useClient();
  const walk = (by: 1 | -1) => (): void => {
    const list = client.conversations.list.get();
    const { conversationId } = currentRoute();
    const at = list.findIndex((entry) => entry.id === conversationId);
    const next = at < 0 ? list[0] : list[at + by];
    // In place: nobody wants to walk back through all they passed.
    if (next) openConversation(next.id, null, { replace: conversationId !== null });
  };
  /** The nearest that something waits in, and on from the end at the beginning. */
  const walkUnread = (by: 1 | -1) => (): void => {
    const list = client.conversations.list.get();
    const { conversationId } = currentRoute();
    const at = list.findIndex((entry) => entry.id === conversationId);
    const from = at < 0 && by === -1 ? 0 : at;
    for (let step = 1; step <= list.length; step += 1) {
      const entry = list[(from + by * step + 2 * list.length) % list.length];
      if (!entry || entry.id === conversationId || entry.unread === 0) continue;
      return openConversation(entry.id, null, { replace: conversationId !== null });
    }
  };
  useShortcut('switcher', openSwitcher);
  useShortcut('previousUnread', walkUnread(-1));
  useShortcut('nextUnread', walkUnread(1));
  useShortcut('previous', walk(-1));
  useShortcut('next', walk(1));
  useShortcut('newConversation', () => navigate({ left: 'new' }));
  useShortcut('settings', () => navigate({ left: 'settings' }));
  useShortcut('shortcuts', openSheet);
  useShortcut('details', () => {
    const { conversationId, panel } = currentRoute();
    if (conversationId === null) return;
    if (panel) closePanel();
    else openPanel();
  });
  useShortcut('close', () => {
    const { panel, left } = currentRoute();
    if (panel) closePanel();
    else if (left !== 'chats') back({ left: 'chats' });
  });
}
