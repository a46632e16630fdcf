/** Rows of a search that are not conversations yet. */
import type { User } from '@kith/protocol';
import { type Channel, channelLine, lookAtChannel } from '../app/channels.ts';
import { useClient } from '../app/client.tsx';
import { useMyId } from '../app/people.ts';
import { openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { handleText } from '../i18n/words.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { useRun } from '../ui/useRun.ts';

interface Props {
  readonly rowKey: string;
  readonly tabStop: boolean;
  readonly onOpened: () => void;
}

export function PersonRow({ user, rowKey, tabStop, onOpened }: Props & { readonly user: User }) {
  const client = useClient();
  const myId = useMyId();
  const [busy, run] = useRun();
  const self = user.id === myId;
  const open = () =>
    run(async () => {
      openConversation(await client.conversations.openDirect(user.id));
      onOpened();
    });
  return (
    <button type="button" className="kith-row" data-row={rowKey} tabIndex={tabStop ? 0 : -1} onClick={open}>
      <Avatar
        id={user.id}
        name={user.displayName}
        image={user.avatar?.blobId}
        glyph={self ? 'self' : undefined}
      />
      <span className="kith-row-lines">
        <span className="kith-row-name" dir="auto">
          {self ? t('names.notes') : user.displayName}
        </span>
        <span className="kith-row-text">{handleText(user.username)}</span>
      </span>
      {busy && <Spinner />}
    </button>
  );
}

export function ChannelRow({
  channel,
  rowKey,
  tabStop,
}: Omit<Props, 'onOpened'> & { readonly channel: Channel }) {
  return (
    <button
      type="button"
      className="kith-row"
      data-row={rowKey}
      tabIndex={tabStop ? 0 : -1}
      onClick={() => lookAtChannel(channel)}
    >
      <Avatar
        id={channel.id}
        name={channel.name}
        image={channel.avatar?.blobId}
        glyph={channel.avatar ? undefined : 'channel'}
        shape="square"
      />
      <span className="kith-row-lines">
        <span className="kith-row-name" dir="auto">
          {channel.name}
        </span>
        <span className="kith-row-text">{channelLine(channel)}</span>
      </span>
    </button>
  );
}
