import { MessagesSquare } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { peerOf, useMyId } from '../app/people.ts';
import { navigate } from '../app/route.ts';
import { useToday } from '../app/time.ts';
import { useWatch } from '../app/watch.ts';
import { Button } from '../ui/Button.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { ConversationRow } from './ConversationRow.tsx';
import { ChannelRow, PersonRow } from './FoundRows.tsx';
import type { Item } from './items.ts';
import { useListKeys } from './useListKeys.ts';

export interface ListProps {
  readonly items: readonly Item[];
  readonly searching: boolean;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly selectedId: string | null;
  readonly field: RefObject<HTMLElement | null>;
  /** Filled in here: moves the focus to the first row. */
  readonly focusFirst: RefObject<() => void>;
  readonly onOpened: () => void;
}

export function List({
  items,
  searching,
  loading,
  failed,
  selectedId,
  field,
  focusFirst,
  onOpened,
}: ListProps) {
  const today = useToday();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useRef<VirtualizerHandle>(null);
  const keys = useListKeys(items, selectedId, scroller, virtualizer, field);
  const watchVisible = useVisibleWatch(items, virtualizer);
  useEffect(() => {
    focusFirst.current = keys.focusFirst;
  });

  if (items.length === 0) {
    if (loading) return <Loading />;
    return searching ? <NothingFound failed={failed} /> : <Empty />;
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows inside bubble to here.
    <div ref={scroller} className="kith-list-scroll" onKeyDown={keys.onKeyDown}>
      {searching && failed && (
        <p className="kith-list-note">Offline: only conversations on this device are searched.</p>
      )}
      <Virtualizer
        ref={virtualizer}
        data={items}
        itemSize={64}
        bufferSize={320}
        keepMounted={keys.stop >= 0 ? [keys.stop] : []}
        onScrollEnd={watchVisible}
        item="li"
        as="ul"
      >
        {(item, index) => {
          const tabStop = index === keys.stop;
          switch (item.type) {
            case 'conversation':
              return (
                <ConversationRow
                  key={item.key}
                  entry={item.entry}
                  selected={item.entry.id === selectedId}
                  today={today}
                  tabStop={tabStop}
                />
              );
            case 'person':
              return (
                <PersonRow
                  key={item.key}
                  user={item.user}
                  rowKey={item.key}
                  tabStop={tabStop}
                  onOpened={onOpened}
                />
              );
            case 'channel':
              return <ChannelRow key={item.key} channel={item.channel} rowKey={item.key} tabStop={tabStop} />;
            case 'heading':
              return (
                <h2 key={item.key} className="kith-list-heading">
                  {item.text}
                </h2>
              );
          }
        }}
      </Virtualizer>
    </div>
  );
}

/** Watches the rows in sight. Returns what to call when they may be others. */
function useVisibleWatch(
  items: readonly Item[],
  virtualizer: RefObject<VirtualizerHandle | null>,
): () => void {
  const myId = useMyId();
  const [range, setRange] = useState({ from: 0, to: 16 });
  const visible = items
    .slice(range.from, range.to)
    .flatMap((item) => (item.type === 'conversation' ? [item.entry] : []));
  const peers = visible
    .map((entry) => peerOf(entry.conversation, myId))
    .filter((id) => id !== null && id !== myId);
  useWatch(
    visible.map((entry) => entry.id),
    peers.filter((id) => id !== null),
  );
  return () => {
    const list = virtualizer.current;
    if (!list) return;
    const from = list.findItemIndex(list.scrollOffset);
    const to = list.findItemIndex(list.scrollOffset + list.viewportSize) + 1;
    setRange({ from: Math.max(0, from - 2), to: to + 2 });
  };
}

function Loading() {
  return (
    <div className="kith-list-scroll" role="status" aria-label="Loading conversations">
      {Array.from({ length: 9 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nine identical placeholders.
        <div key={row} className="kith-row kith-row-ghost">
          <Skeleton width={44} height={44} round />
          <span className="kith-row-lines">
            <Skeleton width={`${42 + ((row * 17) % 30)}%`} height={13} />
            <Skeleton width={`${60 + ((row * 23) % 34)}%`} height={11} />
          </span>
        </div>
      ))}
    </div>
  );
}

function Empty() {
  return (
    <div className="kith-notice">
      <MessagesSquare size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>Your conversations will appear here. Find someone to write to.</p>
      <Button kind="primary" onClick={() => navigate({ left: 'new' })}>
        Start a conversation
      </Button>
    </div>
  );
}

function NothingFound({ failed }: { readonly failed: boolean }) {
  return (
    <div className="kith-notice" role="status">
      <p>
        {failed
          ? 'Nothing on this device has that name. People are found again once you are online.'
          : 'Nobody and nothing by that name. Check the spelling, or try a username.'}
      </p>
    </div>
  );
}
