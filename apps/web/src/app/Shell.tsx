/** The house: list, conversation and side panel, as many side by side as fit. */
import { type CSSProperties, lazy, Suspense, useEffect, useRef } from 'react';
import { ConversationPane } from '../conversation/ConversationPane.tsx';
import { ListPane } from '../list/ListPane.tsx';
import { trackActivity } from './activity.ts';
import { ConnectionStrip } from './ConnectionStrip.tsx';
import { useClient } from './client.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { wide } from './media.ts';
import { closePanel } from './panel.ts';
import { currentRoute, useRoute } from './route.ts';
import { Splitter, useListWidth } from './Splitter.tsx';
import { trackTitle } from './title.ts';
import { useShortcuts } from './useShortcuts.ts';

const LeftPane = lazy(async () => ({ default: (await import('../panels/LeftPane.tsx')).LeftPane }));
const SidePanel = lazy(async () => ({ default: (await import('../panels/SidePanel.tsx')).SidePanel }));

export function Shell() {
  const client = useClient();
  const route = useRoute();
  const [width, setWidth] = useListWidth();
  useShortcuts();
  useEffect(() => trackActivity(client), [client]);
  useEffect(() => trackTitle(client), [client]);

  const covered = route.left !== 'chats';
  const wasCovered = useRef(covered);
  useEffect(() => {
    // Back on the list after several screens: what was pressed to leave it may be gone, and the focus with it.
    // (Not after signing in: a ring and a tooltip on Settings are an odd welcome.)
    const back = wasCovered.current && !covered;
    wasCovered.current = covered;
    if (!back) return;
    if (document.activeElement === document.body && navigator.userActivation?.hasBeenActive)
      (
        document.querySelector<HTMLElement>('.kith-left-chats a[tabindex="0"]') ??
        document.querySelector<HTMLElement>('.kith-left-chats button')
      )?.focus({ preventScroll: true });
  }, [covered]);

  // On a phone one pane shows; which one follows from the route.
  const shown = route.left === 'chats' && route.conversationId ? 'conversation' : 'left';
  return (
    <div
      className="kith-shell"
      data-shown={shown}
      data-panel={route.panel ?? undefined}
      style={{ '--kith-list-width': `${width}px` } as CSSProperties}
    >
      <ConnectionStrip />
      <div className="kith-panes">
        <nav className="kith-left" aria-label="Conversations">
          <ErrorBoundary>
            <div className="kith-left-chats" data-covered={route.left !== 'chats' || undefined}>
              <ListPane />
            </div>
            {route.left !== 'chats' && (
              <Suspense fallback={<div className="kith-left-over" />}>
                <LeftPane left={route.left} />
              </Suspense>
            )}
          </ErrorBoundary>
          <Splitter width={width} onChange={setWidth} />
        </nav>
        <ErrorBoundary resetKey={route.conversationId ?? ''}>
          <main className="kith-main" onPointerDown={closeCovering}>
            <ConversationPane conversationId={route.conversationId} messageId={route.messageId} />
          </main>
          {route.panel && route.conversationId && (
            <Suspense fallback={<aside className="kith-side" aria-label="Details" />}>
              <SidePanel key={route.conversationId} conversationId={route.conversationId} />
            </Suspense>
          )}
        </ErrorBoundary>
      </div>
    </div>
  );
}

/** A press on the conversation closes the panel that lies over it; beside it, it may stay. */
const closeCovering = (): void => {
  if (currentRoute().panel && !wide.get()) closePanel();
};
