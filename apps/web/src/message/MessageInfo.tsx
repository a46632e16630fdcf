/** Who read a message and when, whom it reached and whom not, and what it said before. Loaded when first asked for. */
import { Popover } from '@base-ui/react/popover';
import type { TimelineMessage } from '@kith/client';
import type { Output } from '@kith/protocol';
import { useClient } from '../app/client.tsx';
import { PagesFoot } from '../app/PagesFoot.tsx';
import { nameOf, useUser } from '../app/people.ts';
import { usePages } from '../app/usePages.ts';
import { useReturnFocus } from '../emoji/useReturnFocus.ts';
import { rich, t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { type Anchor, pointAnchor } from '../ui/anchor.ts';
import { History } from './History.tsx';
import { UserName } from './names.tsx';
import { formatFull, formatWhen } from './time.ts';
import './info.css';

export interface MessageInfoProps {
  readonly message: TimelineMessage;
  readonly anchor: Anchor;
  readonly meId: string | undefined;
  /** Only what it said before. */
  readonly historyOnly: boolean;
  readonly onClose: () => void;
}

export default function MessageInfo({ message, anchor, meId, historyOnly, onClose }: MessageInfoProps) {
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
            <Popover.Title className="kith-info-title">
              {t('message.sentAt', { time: formatFull(record.createdAt) })}
            </Popover.Title>
            {record.authorId === meId && !historyOnly && <Receipts message={message} />}
            {/* Edited anew meanwhile: another history. */}
            {record.edited && <History key={record.edited.at} message={message} meId={meId} />}
            {record.authorId !== meId && !record.edited && (
              <p className="kith-info-note">
                {rich('message.by', { name: <UserName id={record.authorId} /> })}
              </p>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

type Receipt = Output<'getReceipts'>['receipts'][number];

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
  const waiting = pages.items.filter((receipt) => receipt.readAt === null && receipt.deliveredAt === null);
  return (
    <>
      <People heading={t('message.read')} receipts={read} at={(receipt) => receipt.readAt} />
      <People heading={t('message.delivered')} receipts={delivered} at={(receipt) => receipt.deliveredAt} />
      <People heading={t('message.notYet')} receipts={waiting} at={() => null} />
      <PagesFoot pages={pages} none={t('message.notReached')} />
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
  const user = useUser(userId);
  const name = nameOf(user) ?? '';
  return (
    <li className="kith-info-person">
      <Avatar id={userId} name={name} image={user?.avatar?.blobId} size={28} />
      <span className="kith-info-name">{name}</span>
      {at && <time dateTime={at}>{formatWhen(at)}</time>}
    </li>
  );
}
