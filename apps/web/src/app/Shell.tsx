/** The house: list, conversation and side panel, as many side by side as fit. */
import { type CSSProperties, lazy, Suspense, useEffect, useRef } from 'react';
import { syncDrafts } from '../composer/draftSync.ts';
import { ConversationPane } from '../conversation/ConversationPane.tsx';
import { useEditedFolder } from '../folders/chosen.ts';
import { t } from '../i18n/index.ts';
import { useInviting } from '../invites/inviting.ts';
import { useAsking } from '../later/ask.ts';
import { showReminders } from '../later/reminders.ts';
import { ListPane } from '../list/ListPane.tsx';
import { MiniPlace } from '../media/play/MiniPlace.tsx';
import { useViewer } from '../media/viewer/opened.ts';
import { useCard } from '../profile/card.ts';
import { useReport } from '../profile/report.ts';
import { useOpenings } from '../search/openings.ts';
import { useAsking as useIdentityAsking } from '../security/confirmed.ts';
import { usePackDialog } from '../stickers/packs.ts';
import { trackActivity } from './activity.ts';
import { ConnectionStrip } from './ConnectionStrip.tsx';
import { useClient } from './client.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { onePane, useMedia, wide } from './media.ts';
import { onDemand } from './onDemand.tsx';
import { closePanel } from './panel.ts';
import { useMyId } from './people.ts';
import { currentRoute, useRoute } from './route.ts';
import { Splitter, useListWidth } from './Splitter.tsx';
import { useSheet } from './sheet.ts';
import { trackTitle } from './title.ts';
import { followClient } from './update.ts';
import { useShortcuts } from './useShortcuts.ts';

const LeftPane = lazy(async () => ({ default: (await import('../panels/LeftPane.tsx')).LeftPane }));
const ProfileCard = onDemand(() => import('../profile/ProfileCard.tsx'));
const WhenMenu = onDemand(() => import('../later/WhenMenu.tsx'));
const ReportDialog = onDemand(() => import('../profile/ReportDialog.tsx'));
const InviteDialog = onDemand(() => import('../invites/InviteDialog.tsx'));
const ConfirmIdentity = onDemand(() => import('../security/ConfirmIdentity.tsx'));
const FolderDialog = onDemand(() => import('../folders/FolderDialog.tsx'));
const ShortcutSheet = onDemand(() => import('./ShortcutSheet.tsx'));
const loadSwitcher = () => import('../search/Switcher.tsx');
const Switcher = onDemand(loadSwitcher);
// Ahead of its need, when all else is there; when that fails, the need itself asks again.
setTimeout(() => loadSwitcher().catch(() => undefined), 2_000);
const ThreadPanel = lazy(() => import('../threads/ThreadPanel.tsx'));
const PackDialog = onDemand(() => import('../stickers/PackDialog.tsx'));
const Viewer = onDemand(() => import('../media/viewer/Viewer.tsx'));
const SidePanel = lazy(async () => ({ default: (await import('../panels/SidePanel.tsx')).SidePanel }));

export function Shell() {
  const client = useClient();
  const route = useRoute();
  const [width, setWidth] = useListWidth();
  useShortcuts();
  const sheet = useSheet();
  const card = useCard();
  const report = useReport();
  const inviting = useInviting();
  const folder = useEditedFolder();
  const identity = useIdentityAsking();
  const { switcher } = useOpenings();
  const pack = usePackDialog();
  const narrow = useMedia(onePane);
  const viewer = useViewer();
  useEffect(() => trackActivity(client), [client]);
  useEffect(() => trackTitle(client), [client]);
  useEffect(() => followClient(client), [client]);
  useEffect(() => syncDrafts(client), [client]);
  useEffect(() => showReminders(client), [client]);
  const asking = useAsking();
  useNotices();

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
      {/* On a phone above both panes, as either may be in sight. */}
      {narrow && <MiniPlace />}
      <div className="kith-panes">
        <nav className="kith-left" aria-label={t('app.conversations')}>
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
          <main className="kith-main kith-timeline-ground" onPointerDown={closeCovering}>
            {!narrow && <MiniPlace />}
            <ConversationPane conversationId={route.conversationId} messageId={route.messageId} />
          </main>
          {route.panel === 'thread' && route.thread && route.conversationId && (
            <Suspense fallback={<aside className="kith-side" aria-label={t('thread.title')} />}>
              <ThreadPanel
                key={route.thread.rootId}
                conversationId={route.conversationId}
                rootId={route.thread.rootId}
                messageId={route.thread.messageId}
              />
            </Suspense>
          )}
          {(route.panel === 'info' || route.panel === 'shared') && route.conversationId && (
            <Suspense fallback={<aside className="kith-side" aria-label={t('app.details')} />}>
              <SidePanel
                key={route.conversationId}
                conversationId={route.conversationId}
                panel={route.panel}
              />
            </Suspense>
          )}
        </ErrorBoundary>
      </div>
      {viewer && <Viewer target={viewer} />}
      {card !== null && <ProfileCard key={card} userId={card} />}
      {switcher && <Switcher />}
      {pack && <PackDialog opened={pack} />}
      {asking && <WhenMenu key={asking.id} asking={asking} />}
      {folder && <FolderDialog edited={folder} />}
      {identity && <ConfirmIdentity asking={identity} />}
      {inviting && <InviteDialog inviting={inviting} />}
      {report && <ReportDialog about={report} />}
      {sheet && <ShortcutSheet />}
    </div>
  );
}

/** Loaded once the app stands: nothing that is on screen waits for it. */
function useNotices(): void {
  const client = useClient();
  const myId = useMyId();
  useEffect(() => {
    let stop: (() => void) | undefined;
    let over = false;
    import('../notify/notify.ts').then(
      ({ startNotifying }) => {
        if (!over) stop = startNotifying(client, myId);
      },
      (error: unknown) => console.warn('No notices of new messages:', error),
    );
    return () => {
      over = true;
      stop?.();
    };
  }, [client, myId]);
}

/** A press on the conversation closes the panel that lies over it; beside it, it may stay. */
const closeCovering = (): void => {
  if (currentRoute().panel && !wide.get()) closePanel();
};
