/** Whom a message reached, who read it and when, and what it said before it was edited. Loaded when first asked for. */
import { Popover } from '@base-ui/react/popover';
import type { TimelineMessage } from '@kith/client';
import type { Output } from '@kith/protocol';
import { useEffect, useState } from 'react';
import { useClient } from '../app/client.tsx';
import { useReturnFocus } from '../emoji/useReturnFocus.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { type Anchor, pointAnchor } from './context.tsx';
import { Markdown } from './markdown/Markdown.tsx';
import { UserName, useName } from './names.tsx';
import { formatFull, formatWhen } from './time.ts';
import './info.css';

export interface MessageInfoProps {
  readonly message: TimelineMessage;
  readonly anchor: Anchor;
  readonly meId: string | undefined;
  readonly onClose: () => void;
}

export default function MessageInfo({ message, anchor, meId, onClose }: MessageInfoProps) {
  const { record } = message;
  const returnFocus = useReturnFocus();
  const place = anchor instanceof Element ? anchor : pointAnchor(anchor);
  return (
    <Popover.Root open onOpenChange={(open) => open || onClose()}>
      <Popover.Portal>
        <Popover.Positioner
          className="kith-menu-positioner"
          anchor={place}
          side="bottom"
          align="start"
          sideOffset={6}
          collisionPadding={8}
        >
          <Popover.Popup className="kith-info" finalFocus={returnFocus}>
            <Popover.Title className="kith-info-title">Sent {formatFull(record.createdAt)}</Popover.Title>
            {record.authorId === meId && <Receipts message={message} />}
            {record.edited && <Edits message={message} meId={meId} />}
            {record.authorId !== meId && !record.edited && (
              <p className="kith-info-note">
                By <UserName id={record.authorId} />. Only the sender sees who has read it.
              </p>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

type Receipt = Output<'getReceipts'>['receipts'][number];
type Version = Output<'getMessageEdits'>['versions'][number];

function Receipts({ message }: { readonly message: TimelineMessage }) {
  const client = useClient();
  const { conversationId, id } = message.record;
  const pages = usePages<Receipt>(async (cursor) => {
    const page = await client.request('getReceipts', {
      conversationId,
      messageId: id,
      ...(cursor && { cursor }),
    });
    return { items: page.receipts, next: page.next };
  });
  const read = pages.items.filter((receipt) => receipt.readAt !== null);
  const delivered = pages.items.filter((receipt) => receipt.readAt === null && receipt.deliveredAt !== null);
  return (
    <>
      <People heading="Read" receipts={read} at={(receipt) => receipt.readAt} />
      <People heading="Delivered" receipts={delivered} at={(receipt) => receipt.deliveredAt} />
      <PagesFoot pages={pages} none="It has not reached anybody yet." />
    </>
  );
}

function People({
  heading,
  receipts,
  at,
}: {
  readonly heading: string;
  readonly receipts: readonly Receipt[];
  readonly at: (receipt: Receipt) => string | null;
}) {
  if (receipts.length === 0) return null;
  return (
    <section>
      <h3 className="kith-info-heading">{heading}</h3>
      <ul>
        {receipts.map((receipt) => (
          <PersonLine key={receipt.userId} userId={receipt.userId} at={at(receipt)} />
        ))}
      </ul>
    </section>
  );
}

function PersonLine({ userId, at }: { readonly userId: string; readonly at: string | null }) {
  const name = useName(userId) ?? '';
  return (
    <li className="kith-info-person">
      <Avatar id={userId} name={name} size={28} />
      <span className="kith-info-name">{name}</span>
      {at && <time dateTime={at}>{formatWhen(at)}</time>}
    </li>
  );
}

function Edits({ message, meId }: { readonly message: TimelineMessage; readonly meId: string | undefined }) {
  const client = useClient();
  const { conversationId, id } = message.record;
  const pages = usePages<Version>(async (cursor) => {
    const page = await client.request('getMessageEdits', {
      conversationId,
      messageId: id,
      ...(cursor && { cursor }),
    });
    return { items: page.versions, next: page.next };
  });
  return (
    <section>
      <h3 className="kith-info-heading">Earlier versions</h3>
      <ul>
        {pages.items.map((version) => (
          <li key={version.at} className="kith-info-version">
            <time dateTime={version.at}>{formatWhen(version.at)}</time>
            {version.content.type === 'plain' ? (
              <Markdown text={version.content.text} meId={meId} />
            ) : (
              'Encrypted'
            )}
          </li>
        ))}
      </ul>
      <PagesFoot pages={pages} none="There are none." />
    </section>
  );
}

interface Pages<T> {
  readonly items: readonly T[];
  readonly status: 'loading' | 'failed' | 'ready';
  readonly more: boolean;
  readonly load: () => void;
}

/** Pages of one answer, one after another. Not SDK state: nobody keeps these but the popover that asked. */
function usePages<T>(
  fetchPage: (cursor: string | null) => Promise<{ items: readonly T[]; next: string | null }>,
): Pages<T> {
  const [state, setState] = useState<{
    items: readonly T[];
    next: string | null;
    status: Pages<T>['status'];
  }>({
    items: [],
    next: null,
    status: 'loading',
  });
  const load = (cursor: string | null) => {
    setState((before) => ({ ...before, status: 'loading' }));
    fetchPage(cursor).then(
      (page) =>
        setState((before) => ({
          items: cursor ? [...before.items, ...page.items] : page.items,
          next: page.next,
          status: 'ready',
        })),
      () => setState((before) => ({ ...before, status: 'failed' })),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when opened
  useEffect(() => load(null), []);
  return {
    items: state.items,
    status: state.status,
    more: state.next !== null,
    load: () => load(state.next),
  };
}

function PagesFoot<T>({ pages, none }: { readonly pages: Pages<T>; readonly none: string }) {
  if (pages.status === 'loading') return <Spinner className="kith-info-spinner" />;
  if (pages.status === 'failed') {
    return (
      <Button kind="plain" onClick={pages.load}>
        Could not load. Try again
      </Button>
    );
  }
  if (pages.items.length === 0) return <p className="kith-info-note">{none}</p>;
  return pages.more ? (
    <Button kind="plain" onClick={pages.load}>
      Show more
    </Button>
  ) : null;
}
