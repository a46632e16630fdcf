/** Who chose what, answer by answer. Loaded when asked for. */
import type { MessageRecord, Output, PollAttachment } from '@kith/protocol';
import { useClient } from '../../app/client.tsx';
import { PagesFoot } from '../../app/PagesFoot.tsx';
import { useUser } from '../../app/people.ts';
import { usePages } from '../../app/usePages.ts';
import { t } from '../../i18n/index.ts';
import { useName } from '../../message/names.tsx';
import { formatWhen } from '../../message/time.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import './poll.css';
import '../../message/info.css';

type Vote = Output<'getPollVotes'>['votes'][number];

export default function PollVoters({
  attachment,
  record,
  onClose,
}: {
  readonly attachment: PollAttachment;
  readonly record: MessageRecord;
  readonly onClose: () => void;
}) {
  const { options = [], voters = 0 } = record.poll ?? {};
  return (
    <Dialog
      open
      onClose={onClose}
      title={attachment.question}
      description={t('poll.votes', { count: voters })}
      size="s"
    >
      <div className="kith-voters">
        {attachment.options.map((text, place) => {
          const count = options[place]?.count ?? 0;
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what an answer is known by
          return count > 0 && <Voters key={place} text={text} count={count} place={place} record={record} />;
        })}
      </div>
    </Dialog>
  );
}

function Voters({
  text,
  count,
  place,
  record,
}: {
  readonly text: string;
  readonly count: number;
  readonly place: number;
  readonly record: MessageRecord;
}) {
  const client = useClient();
  const pages = usePages<Vote>(async (cursor) => {
    const page = await client.request('getPollVotes', {
      conversationId: record.conversationId,
      messageId: record.id,
      option: place,
      ...(cursor && { cursor }),
    });
    return { items: page.votes, next: page.next };
  });
  return (
    <section>
      <h3 className="kith-info-heading">
        <span dir="auto">{text}</span> <small>{t('poll.votes', { count })}</small>
      </h3>
      <ul>
        {pages.items.map((vote) => (
          <Voter key={vote.userId} vote={vote} />
        ))}
      </ul>
      <PagesFoot pages={pages} none={t('poll.noVotes')} />
    </section>
  );
}

function Voter({ vote: { userId, at } }: { readonly vote: Vote }) {
  const name = useName(userId) ?? '';
  const user = useUser(userId);
  return (
    <li className="kith-info-person">
      <Avatar id={userId} name={name} image={user?.avatar?.blobId} size={28} />
      <span className="kith-info-name">{name}</span>
      <time dateTime={at}>{formatWhen(at)}</time>
    </li>
  );
}
