/** The list itself: rows, scrolling, keyboard. What to show comes from above, where one looks is decided here. */
import type { Timeline as SdkTimeline, TimelineView } from '@kith/client';
import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { focusComposer, setIntent } from '../composer/intent.ts';
import { useMessageContext } from '../message/context.tsx';
import { copyText, textOf } from '../message/MessageMenu.tsx';
import { MessageRow } from '../message/MessageRow.tsx';
import { SystemRow } from '../message/SystemRow.tsx';
import { formatDay } from '../message/time.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { Anchor } from './anchor.ts';
import { DayChip, type DayChipHandle } from './DayChip.tsx';
import { JumpButton } from './JumpButton.tsx';
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
}

/** As long as the rise of a new row takes, and a little. */
const ARRIVES_MS = 400;
/** Pages are fetched when so many heights of the pane are left. */
const AHEAD = 2;

export function List({ view, timeline, target, floatingKey, onEnd }: ListProps) {
  const client = useClient();
  const meId = useMyId();
  const { conversationId, actions } = useMessageContext();
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
  const [flash, setFlash] = useState<{ readonly key: string; readonly turn: number }>();
  const [activeKey, setActiveKey] = useState<string>();
  const focusNext = useRef(false);
  const tried = useRef<'older' | 'newer'>('older');

  const reading = useReading({ conversationId, rows, anchor, scroller });

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

  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyAt(event.target);
    const index = key === undefined ? -1 : rows.findIndex((row) => row.key === key);
    const row = rows[index];
    if (row?.type !== 'message' || event.ctrlKey || event.metaKey || event.altKey) return;
    const { message } = row;
    const bubble = rowElement(scroller.current, row.key)?.querySelector('.kith-bubble');
    // Keys of the buttons inside stay theirs.
    const inner = event.target !== rowElement(scroller.current, row.key);
    const deleted = message.record.body.type === 'deleted';
    // What the server does not have yet cannot be reacted to, answered or edited.
    const fixed = deleted || message.state === 'pending' || message.state === 'failed';
    switch (event.key) {
      case 'ArrowUp':
        walk(index, -1);
        break;
      case 'ArrowDown':
        if (!walk(index, 1)) focusComposer(conversationId);
        break;
      case 'Home':
        walk(-1, 1);
        break;
      case 'End':
        walk(rows.length, -1);
        break;
      case 'Escape':
        focusComposer(conversationId);
        break;
      case 'Enter':
      case ' ':
      case 'i':
      case 'Delete':
        if (inner || deleted || !bubble) return;
        actions.openMenu(message, bubble);
        break;
      case '+':
        if (inner || fixed || !bubble) return;
        actions.pickReaction(message, bubble);
        break;
      case 'r':
        if (inner || fixed) return;
        actions.reply(message);
        break;
      case 'e':
        if (inner || fixed || !row.own || !textOf(message)) return;
        setIntent(conversationId, { type: 'edit', messageId: message.record.id });
        break;
      case 'c':
        if (inner || !textOf(message)) return;
        copyText(client, textOf(message));
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <>
      <div
        ref={scroller}
        className="kith-timeline-scroll"
        role="log"
        aria-label="Messages"
        // New messages are announced apart: here scrolling would read out every row that is mounted.
        aria-live="off"
        aria-busy={view.loading !== null}
        onScroll={onScroll}
        onTouchStart={() => anchor.touched(true)}
        onTouchEnd={() => anchor.touched(false)}
        onTouchCancel={() => anchor.touched(false)}
        onClickCapture={(event) => anchor.pressed(keyAt(event.target))}
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
            />
          )}
        </VirtualRows>
        {!view.atEnd && (
          <Edge view={view} side="newer" tried={tried.current} onRetry={() => void timeline.loadNewer()} />
        )}
        <div className="kith-timeline-foot" />
      </div>
      <DayChip ref={chip} />
      {(away || !view.atEnd) && <JumpButton conversationId={conversationId} onClick={onEnd} />}
    </>
  );
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

interface RowViewProps {
  readonly row: Row;
  readonly active: boolean;
  readonly arriving: boolean;
  readonly marked: boolean;
  readonly flash: number | undefined;
}

function RowView({ row, active, arriving, marked, flash }: RowViewProps) {
  switch (row.type) {
    case 'message':
      return <MessageRow row={row} active={active} arriving={arriving} marked={marked} flash={flash} />;
    case 'system':
      return <SystemRow messages={row.messages} />;
    case 'day':
      return (
        <div className="kith-day">
          <time dateTime={new Date(row.day).toISOString().slice(0, 10)}>{formatDay(row.day)}</time>
        </div>
      );
    case 'unread':
      return (
        <div className="kith-unread-line">
          <span>Unread messages</span>
        </div>
      );
  }
}

/** Stands beyond the first and the last row: what is being loaded, or could not be. Always of one height. */
function Edge({
  view,
  side,
  tried,
  onRetry,
}: {
  readonly view: TimelineView;
  readonly side: 'older' | 'newer';
  readonly tried: 'older' | 'newer';
  readonly onRetry: () => void;
}) {
  const failed = view.error !== undefined && view.loading === null && tried === side;
  return (
    <div className="kith-timeline-edge">
      {view.loading === side && <Spinner className="kith-timeline-wait" size={18} />}
      {failed && (
        <span role="alert">
          Could not load.
          <Button kind="plain" onClick={onRetry}>
            Retry
          </Button>
        </span>
      )}
    </div>
  );
}
