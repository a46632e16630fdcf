/** The list itself: rows, scrolling, keyboard. What to show comes from above, where one looks is decided here. */
import type { Timeline as SdkTimeline, TimelineMessage, TimelineView } from '@kith/client';
import { ChevronUp } from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useClient } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { isShortcut } from '../app/shortcuts.ts';
import { focusComposer } from '../composer/intent.ts';
import { t } from '../i18n/index.ts';
import { isThere, messageActions } from '../message/actions.ts';
import { useMessageContext } from '../message/context.tsx';
import { SELECT_MAX, selectionOf, selectTo, toggleSelected } from '../message/selection.ts';
import { openCalendar } from '../search/openings.ts';
import { toast } from '../ui/toast.ts';
import { Anchor } from './anchor.ts';
import { DayChip, type DayChipHandle } from './DayChip.tsx';
import { Edge } from './Edge.tsx';
import { JumpButton } from './JumpButton.tsx';
import { MentionButton } from './MentionButton.tsx';
import { RowView } from './RowView.tsx';
import { indexOfMessage, type Row, toRows } from './rows.ts';
import { useReading } from './useReading.ts';
import { VirtualRows } from './VirtualRows.tsx';

/** Where the list is to stand; a new `turn` asks again for the same place. */
export type Target = { readonly turn: number } & (
  | { readonly type: 'unread' }
  | { readonly type: 'end' }
  | { readonly type: 'message'; readonly messageId: string }
);

export interface ListProps {
  readonly view: TimelineView;
  readonly timeline: SdkTimeline;
  readonly target: Target;
  /** A message something floats beside: it stays mounted, or its menu would lose its anchor. */
  readonly floatingKey: string | undefined;
  readonly onEnd: () => void;
  /** To the first unread message. */
  readonly onUnread: () => void;
}

/** As long as the rise of a new row takes, and a little. */
const ARRIVES_MS = 400;
/** Pages are fetched when so many heights of the pane are left. */
const AHEAD = 2;

export function List({ view, timeline, target, floatingKey, onEnd, onUnread }: ListProps) {
  const client = useClient();
  const meId = useMyId();
  const { conversationId, threadId, place, markRead, actions } = useMessageContext();
  const scroller = useRef<HTMLDivElement>(null);
  const chip = useRef<DayChipHandle>(null);
  const [anchor] = useState(() => new Anchor());

  // What was last on screen. Refs are written after the commit only: a render may be thrown away or done twice.
  const shown = useRef<readonly Row[]>([]);
  const rows = useMemo(
    () =>
      toRows(
        { messages: view.messages, meId, firstUnreadSeq: view.firstUnreadSeq, atStart: view.atStart },
        shown.current,
      ),
    [view.messages, view.firstUnreadSeq, view.atStart, meId],
  );

  /** Rows that just came at the end: they rise into place, once. */
  const arriving = useRef(new Set<string>());
  const newKeys = anchor.follows ? keysAfter(rows, shown.current.at(-1)?.key) : [];

  const reached = useRef(-1);
  const [away, setAway] = useState(false);
  /** Whoever went back to the first unread message once has seen where it is. */
  const wentBack = useRef(false);
  const [unreadAbove, setUnreadAbove] = useState(false);
  const [flash, setFlash] = useState<{ readonly key: string; readonly turn: number }>();
  const [activeKey, setActiveKey] = useState<string>();
  const focusNext = useRef(false);
  const tried = useRef<'older' | 'newer'>('older');

  const reading = useReading({ markRead, rows, anchor, scroller });

  /** Goes to the target if its row is there; says whether it was. */
  const reach = (): boolean => {
    if (target.type === 'message') {
      const row = rows[indexOfMessage(rows, target.messageId)];
      if (!row) return false;
      anchor.go({ key: row.key, align: 'center' });
      setFlash({ key: row.key, turn: target.turn });
      return true;
    }
    const unread = target.type === 'unread' ? rows.find((row) => row.type === 'unread') : undefined;
    if (!unread && !view.atEnd) return false;
    anchor.go(unread ? { key: unread.key, align: 'start' } : 'end');
    return true;
  };

  const loadAround = useCallback(() => {
    const element = scroller.current;
    const now = timeline.view.get();
    if (!element || now.loading || now.error || now.status !== 'ready') return;
    const ahead = Math.max(600, AHEAD * element.clientHeight);
    if (!now.atStart && element.scrollTop < ahead) {
      tried.current = 'older';
      void timeline.loadOlder();
    } else if (!now.atEnd && element.scrollHeight - element.scrollTop - element.clientHeight < ahead) {
      tried.current = 'newer';
      void timeline.loadNewer();
    }
  }, [timeline]);

  useLayoutEffect(() => {
    shown.current = rows;
    if (newKeys.length > 0) {
      setTimeout(() => arriving.current.clear(), ARRIVES_MS);
      for (const key of newKeys) arriving.current.add(key);
    }
    if (rows[0] && (reached.current !== target.turn || anchor.lost)) {
      if (reach()) reached.current = target.turn;
      // Somewhere one must be until it is.
      else if (anchor.lost) anchor.go({ key: rows[0].key, align: 'start' });
    }
  });

  // After the layout has settled: whether the pane is filled, and what of it was seen.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      loadAround();
      reading();
    });
    return () => cancelAnimationFrame(frame);
  });

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const byHand = anchor.scrolled();
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    setAway(!view.atEnd || left > element.clientHeight / 2);
    // Only for who went past it in a leap: whoever reads on from it knows where it is.
    setUnreadAbove(target.type === 'end' && !wentBack.current && isAbove(rows, view, anchor.rowAt(12)));
    loadAround();
    reading();
    const first = byHand && rows[anchor.rowAt(12)];
    if (first) chip.current?.scrolled(first.day, first.type === 'day');
  };

  useLayoutEffect(() => {
    if (!focusNext.current || !activeKey) return;
    focusNext.current = false;
    rowElement(scroller.current, activeKey)?.focus({ preventScroll: true });
  }, [activeKey]);

  const current = activeKey ?? rows.findLast((row) => row.type === 'message')?.key;
  const currentIndex = rows.findIndex((row) => row.key === current);

  const walk = (from: number, step: 1 | -1) => {
    for (let index = from + step; index >= 0 && index < rows.length; index += step) {
      const row = rows[index]!;
      if (row.type !== 'message') continue;
      focusNext.current = true;
      setActiveKey(row.key);
      anchor.go({ key: row.key, align: 'nearest' });
      return true;
    }
    return false;
  };

  /** What the key does to a message; says whether it does anything. */
  const act = (event: globalThis.KeyboardEvent, message: TimelineMessage, bubble: Element): boolean => {
    const entry = client.conversations.get(conversationId).get();
    const target = {
      message,
      client,
      meId,
      entry,
      actions,
      anchor: bubble,
      inThread: threadId !== undefined,
    };
    const possible = messageActions.filter(({ may }) => may(target));
    if (isShortcut(event, 'messageMenu') && possible.length > 0) actions.openMenu(message, bubble);
    else if (isShortcut(event, 'react') && isThere(target)) actions.pickReaction(message, bubble);
    else {
      const action = possible.find(({ shortcut }) => shortcut && isShortcut(event, shortcut));
      if (!action) return false;
      if (action.asks) actions.openMenu(message, bubble);
      else action.run(target);
    }
    return true;
  };

  /** While messages are selected a press selects; with Ctrl or Shift it begins to. Says whether that is what it was. */
  const select = (event: MouseEvent): boolean => {
    const key = keyAt(event.target);
    const row = rows.find((one) => one.key === key);
    const selecting = selectionOf(place).size > 0;
    if (row?.type !== 'message' || (!selecting && !event.ctrlKey && !event.metaKey && !event.shiftKey))
      return false;
    // Words marked with Shift held are words to copy, and links open in a new tab with Ctrl.
    if (!selecting && (!getSelection()?.isCollapsed || (event.target as Element).closest('a, button')))
      return false;
    event.preventDefault();
    event.stopPropagation();
    if (!isThere(row)) return true;
    const { id } = row.message.record;
    const ids = rows.flatMap((one) =>
      one.type === 'message' && isThere(one) ? [one.message.record.id] : [],
    );
    const room = event.shiftKey ? selectTo(place, id, ids) : toggleSelected(place, id);
    if (event.shiftKey) getSelection()?.removeAllRanges();
    if (!room) toast(t('selection.full', { count: SELECT_MAX }));
    return true;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyAt(event.target);
    const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
    const row = rows[index];
    if (row?.type !== 'message' || event.ctrlKey || event.metaKey || event.altKey) return;
    const { message } = row;
    const element = rowElement(scroller.current, row.key);
    switch (event.key) {
      case 'ArrowUp':
        walk(index, -1);
        break;
      case 'ArrowDown':
        if (!walk(index, 1)) focusComposer(place);
        break;
      case 'Home':
        walk(-1, 1);
        break;
      case 'End':
        walk(rows.length, -1);
        break;
      case 'Escape':
        focusComposer(place);
        break;
      default: {
        const bubble = element?.querySelector('.kith-bubble');
        // Keys of the buttons inside stay theirs.
        if (event.target !== element || !bubble) return;
        if (isShortcut(event, 'messageMenu') && selectionOf(place).size > 0) {
          if (isThere(row)) toggleSelected(place, message.record.id);
          break;
        }
        if (!act(event.nativeEvent, message, bubble)) return;
      }
    }
    event.preventDefault();
  };

  return (
    <>
      <div
        ref={scroller}
        className="kith-timeline-scroll"
        role="feed"
        aria-label={t('timeline.label')}
        // New messages are announced apart (Announcer.tsx): here scrolling would read out every row that is mounted.
        aria-busy={view.loading !== null}
        onScroll={onScroll}
        onPointerMove={({ pointerType, movementX, movementY }) => {
          if (pointerType === 'mouse' && (movementX !== 0 || movementY !== 0)) anchor.pointed();
        }}
        onTouchStart={() => anchor.touched(true)}
        onTouchEnd={() => anchor.touched(false)}
        onTouchCancel={() => anchor.touched(false)}
        onClickCapture={(event) => {
          if (select(event)) return;
          anchor.pressed(keyAt(event.target));
        }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const key = keyAt(event.target);
          if (key) setActiveKey(key);
        }}
      >
        <span className="kith-timeline-fill" />
        <Edge view={view} side="older" tried={tried.current} onRetry={() => void timeline.loadOlder()} />
        <VirtualRows
          anchor={anchor}
          rows={rows}
          ends={view.atEnd}
          keep={[floatingKey, activeKey]}
          onResize={reading}
        >
          {(row, index) => (
            <RowView
              row={row}
              active={index === currentIndex}
              arriving={newKeys.includes(row.key) || arriving.current.has(row.key)}
              marked={row.key === floatingKey}
              flash={flash?.key === row.key ? flash.turn : undefined}
              onDay={() => openCalendar(conversationId)}
            />
          )}
        </VirtualRows>
        {!view.atEnd && (
          <Edge view={view} side="newer" tried={tried.current} onRetry={() => void timeline.loadNewer()} />
        )}
        <div className="kith-timeline-foot" />
      </div>
      <DayChip ref={chip} onPress={() => openCalendar(conversationId)} />
      <div className="kith-jumps">
        {unreadAbove && (
          <button
            type="button"
            className="kith-jump"
            aria-label={t('timeline.toUnread')}
            onClick={() => {
              wentBack.current = true;
              onUnread();
            }}
          >
            <ChevronUp size={22} strokeWidth={1.75} aria-hidden="true" />
          </button>
        )}
        {threadId === undefined && <MentionButton conversationId={conversationId} onJump={actions.jump} />}
        {(away || !view.atEnd) && (
          <JumpButton conversationId={conversationId} threadId={threadId} onClick={onEnd} />
        )}
      </div>
    </>
  );
}

/** Whether the first unread message lies above the row with this index, loaded or not. */
function isAbove(rows: readonly Row[], view: TimelineView, index: number): boolean {
  if (view.firstUnreadSeq === undefined) return false;
  const unread = rows.findIndex((row) => row.type === 'unread');
  const first = view.messages[0]?.record.seq;
  return unread >= 0 ? unread < index : first !== undefined && first > view.firstUnreadSeq;
}

/** The row of a message that something happened in. */
const keyAt = (target: EventTarget): string | undefined =>
  (target as Element).closest<HTMLElement>('[data-message]')?.dataset['message'];

const rowElement = (root: Element | null, key: string): HTMLElement | null =>
  root?.querySelector<HTMLElement>(`[data-message="${CSS.escape(key)}"]`) ?? null;

/** The rows behind the one that was the last; none when that one is gone. */
function keysAfter(rows: readonly Row[], lastKey: string | undefined): readonly string[] {
  if (lastKey === undefined || rows.at(-1)?.key === lastKey) return [];
  const last = rows.findLastIndex((row) => row.key === lastKey);
  return last < 0 ? [] : rows.slice(last + 1).map((row) => row.key);
}
