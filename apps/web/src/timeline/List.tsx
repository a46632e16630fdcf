/** The virtual list itself: rows, scrolling, keyboard. What to show comes from above, where one looks is decided here. */
import type { Timeline as SdkTimeline, TimelineView } from '@kith/client';
import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
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
import { DayChip, type DayChipHandle } from './DayChip.tsx';
import { JumpButton } from './JumpButton.tsx';
import { indexOfMessage, type Row, toRows } from './rows.ts';
import { stage } from './stage.ts';
import { useReading } from './useReading.ts';

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

/** Height of what stands above the first row (timeline.css knows it too). */
const EDGE = 48;
/** Height of what stands below the last one. */
const FOOT = 10;
/** So near to the end counts as at the end, px. */
const NEAR_END = 48;
/** A scroll so soon after a wheel, a finger or a key is a person's. */
const BY_HAND_MS = 1_500;
/** As long as the rise of a new row takes, and a little. */
const ARRIVES_MS = 400;
/** So long after rows came above, what is in view is held in its place: until they are measured. */
const HOLD_MS = 500;
/** Pages are fetched when so many heights of the pane are left. */
const AHEAD = 2;

export function List({ view, timeline, target, floatingKey, onEnd }: ListProps) {
  const client = useClient();
  const meId = useMyId();
  const { conversationId, actions } = useMessageContext();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const chip = useRef<DayChipHandle>(null);

  const built = useRef<readonly Row[]>([]);
  const wanted = useMemo(
    () =>
      toRows(
        { messages: view.messages, meId, firstUnreadSeq: view.firstUnreadSeq, atStart: view.atStart },
        built.current,
      ),
    [view.messages, view.firstUnreadSeq, view.atStart, meId],
  );
  // What was last on screen. Refs are written after the commit only: a render may be thrown away or done twice.
  const shown = useRef<{ rows: readonly Row[]; epoch: number }>({ rows: [], epoch: 0 });
  const [, setStep] = useState(0);
  const { rows, shift, more, fresh } = stage(shown.current.rows, wanted);
  const epoch = shown.current.epoch + (fresh ? 1 : 0);

  /** Rows that just came at the end: they rise into place, once. */
  const arriving = useRef(new Set<string>());
  const newKeys = fresh || shift ? [] : keysAfter(rows, shown.current.rows.at(-1)?.key);

  /** Whether the list follows its end. */
  const following = useRef(false);
  /** Of the pane, as last answered to. */
  const height = useRef(0);
  const reached = useRef(-1);
  const [away, setAway] = useState(false);
  const [flash, setFlash] = useState<{ readonly key: string; readonly turn: number }>();
  const [activeKey, setActiveKey] = useState<string>();
  const focusNext = useRef(false);
  const tried = useRef<'older' | 'newer'>('older');
  /** When a person last moved the list, as against the list itself keeping its place, ms. */
  const touched = useRef(0);

  /** A message in view while rows come above it: there it stays. */
  const held = useRef<Held>(undefined);
  const hold = shift && !following.current ? holdOf(scroller.current, shown.current.rows) : undefined;

  const reading = useReading({ conversationId, rows, list, scroller, edge: EDGE });

  const toBottom = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  /** Goes to the target if its row is there; says whether it was. */
  const reach = (): boolean => {
    const handle = list.current;
    if (!handle || rows.length === 0) return false;
    if (target.type === 'message') {
      const index = indexOfMessage(rows, target.messageId);
      const row = rows[index];
      if (!row) return false;
      following.current = false;
      handle.scrollToIndex(index, { align: 'center' });
      setFlash({ key: row.key, turn: target.turn });
      return true;
    }
    const unread = target.type === 'unread' ? rows.findIndex((row) => row.type === 'unread') : -1;
    if (unread >= 0) {
      following.current = false;
      handle.scrollToIndex(unread, { align: 'start' });
      return true;
    }
    if (!view.atEnd) return false;
    following.current = true;
    handle.scrollToIndex(rows.length - 1, { align: 'end', offset: FOOT });
    toBottom();
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
    built.current = wanted;
    if (newKeys.length > 0 && following.current) {
      setTimeout(() => arriving.current.clear(), ARRIVES_MS);
      for (const key of newKeys) arriving.current.add(key);
    }
    shown.current = { rows, epoch };
    if (hold || fresh) held.current = hold;
    if (more) {
      setStep((step) => step + 1);
      return;
    }
    if (reached.current !== target.turn || fresh) {
      if (reach()) reached.current = target.turn;
    } else if (following.current && view.atEnd) toBottom();
  });

  // After the layout has settled: whether the pane is filled, and what of it was seen.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      // Where all of it fits there is nothing to scroll, and no scroll to tell that this is the end.
      const element = scroller.current;
      if (element && view.atEnd && element.scrollHeight - element.clientHeight < NEAR_END)
        following.current = true;
      loadAround();
      reading();
    });
    return () => cancelAnimationFrame(frame);
  });

  const onScroll = (offset: number) => {
    const element = scroller.current;
    if (!element) return;
    // Moved by something else, a scroll bar perhaps: that is where it shall be.
    if (held.current && Math.abs(drift(element, held.current) ?? 2) > 1) held.current = undefined;
    const left = element.scrollHeight - offset - element.clientHeight;
    const byHand = performance.now() - touched.current < BY_HAND_MS;
    // Rows that are measured move the offset too, and so does the browser while the pane changes its height (onResize
    // answers to that): only a person leaves the end.
    if (view.atEnd && left < NEAR_END) following.current = true;
    else if (byHand && element.clientHeight === height.current) following.current = false;
    setAway(!view.atEnd || left > element.clientHeight / 2);
    loadAround();
    reading();
    const first = rows[list.current?.findItemIndex(offset + 12) ?? 0];
    if (first && byHand) chip.current?.scrolled(first.day, first.type === 'day');
  };

  const touch = () => {
    touched.current = performance.now();
    held.current = undefined;
  };

  const onResize = () => {
    const element = scroller.current;
    height.current = element?.clientHeight ?? 0;
    if (following.current && view.atEnd) toBottom();
    else if (element && held.current) {
      // Told after the rows were placed anew and before they are painted.
      const by = drift(element, held.current) ?? 0;
      if (Math.abs(by) > 0.5) element.scrollTop += by;
    }
    reading();
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
      list.current?.scrollToIndex(index, { align: 'nearest' });
      return true;
    }
    return false;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const key = (event.target as Element).closest<HTMLElement>('[data-message]')?.dataset['message'];
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

  // Rows in view while others come above them: the virtual list may look for them at their old place for a frame.
  const pinned = hold ?? held.current;
  const inView = pinned && performance.now() < pinned.until ? pinned.inView : undefined;
  const keepMounted = useMemo(() => {
    const kept = new Set<string | undefined>([floatingKey, activeKey, ...(inView ?? [])]);
    return rows.flatMap((row, index) => (kept.has(row.key) ? [index] : []));
  }, [rows, floatingKey, activeKey, inView]);

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
        onWheel={touch}
        onTouchMove={touch}
        onPointerDown={touch}
        onKeyDown={(event) => {
          touch();
          onKeyDown(event);
        }}
        onFocus={(event) => {
          const key = (event.target as Element).closest<HTMLElement>('[data-message]')?.dataset['message'];
          if (key) setActiveKey(key);
        }}
      >
        <span className="kith-timeline-fill" />
        <Edge view={view} side="older" tried={tried.current} onRetry={() => void timeline.loadOlder()} />
        <Virtualizer
          key={epoch}
          ref={list}
          data={rows}
          scrollRef={scroller}
          startMargin={EDGE}
          shift={shift}
          bufferSize={400}
          keepMounted={keepMounted}
          onScroll={onScroll}
          onResize={onResize}
        >
          {(row, index) => (
            <RowView
              key={row.key}
              row={row}
              active={index === currentIndex}
              arriving={newKeys.includes(row.key) || arriving.current.has(row.key)}
              marked={row.key === floatingKey}
              flash={flash?.key === row.key ? flash.turn : undefined}
            />
          )}
        </Virtualizer>
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

const rowElement = (root: Element | null, key: string): HTMLElement | null =>
  root?.querySelector<HTMLElement>(`[data-message="${CSS.escape(key)}"]`) ?? null;

interface Held {
  readonly key: string;
  /** From the top of the pane, px. */
  readonly top: number;
  readonly until: number;
  /** Keys of the messages that were drawn. */
  readonly inView: readonly string[];
}

/**
 * While rows come at the front, the virtual list keeps its distance from the end against whatever is measured, also
 * against rows below the view that it had not seen yet (one went to the top in one leap): those would move the view.
 * So a message in the middle of the pane is remembered, and the list set right by it. Never the oldest one: it may turn
 * out to be the first of a group, and grow at its top.
 */
function holdOf(root: Element | null, rows: readonly Row[]): Held | undefined {
  if (!root) return undefined;
  const oldest = rows.find((row) => row.type === 'message')?.key;
  const { top, height } = root.getBoundingClientRect();
  const inView: string[] = [];
  let middle: { readonly key: string; readonly top: number } | undefined;
  for (const element of root.querySelectorAll<HTMLElement>('[data-message]')) {
    const key = element.dataset['message'];
    const box = element.getBoundingClientRect();
    const from = box.top - top;
    if (key === undefined || box.bottom < top || from > height) continue;
    inView.push(key);
    if (key !== oldest && from >= 0 && !(middle && from > height / 2)) middle = { key, top: from };
  }
  return middle && { ...middle, inView, until: performance.now() + HOLD_MS };
}

/** How far it is from where it was, px; undefined when it is over. */
function drift(root: Element, { key, top, until }: Held): number | undefined {
  const element = performance.now() < until ? rowElement(root, key) : null;
  return element ? element.getBoundingClientRect().top - root.getBoundingClientRect().top - top : undefined;
}

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
