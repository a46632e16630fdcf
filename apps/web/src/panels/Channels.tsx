import { Hash } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Channel, channelLine, lookAtChannel } from '../app/channels.ts';
import { useClient } from '../app/client.tsx';
import { back, navigate, openConversation } from '../app/route.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { useRun } from '../ui/useRun.ts';
import { LoadMore } from './LoadMore.tsx';
import { PaneFrame } from './PaneFrame.tsx';
import { GhostRows } from './PeopleRows.tsx';
import { SearchField } from './SearchField.tsx';

type State =
  | { readonly type: 'loading' }
  | { readonly type: 'failed' }
  | {
      readonly type: 'ready';
      readonly query: string;
      readonly channels: readonly Channel[];
      readonly next: string | null;
    };

/** All public channels of this server. */
export function Channels() {
  const client = useClient();
  const [query, setQuery] = useState('');
  const [state, setState] = useState<State>({ type: 'loading' });
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks the same once more.
  useEffect(() => {
    const stop = new AbortController();
    const input = query.trim() === '' ? {} : { query: query.trim() };
    const timer = setTimeout(
      () =>
        client
          .request('listChannels', input, { signal: stop.signal })
          .then(
            ({ channels, next }) =>
              !stop.signal.aborted && setState({ type: 'ready', query, channels, next }),
          )
          .catch(() => !stop.signal.aborted && setState({ type: 'failed' })),
      query === '' ? 0 : 150,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, query, attempt]);

  const loadMore = (): void => {
    if (state.type !== 'ready' || state.next === null) return;
    const { next: cursor } = state;
    const input = { cursor, ...(state.query.trim() !== '' && { query: state.query.trim() }) };
    client
      .request('listChannels', input)
      .then(({ channels, next }) =>
        setState((before) =>
          before.type === 'ready' && before.next === cursor
            ? { ...before, channels: [...before.channels, ...channels], next }
            : before,
        ),
      )
      .catch(() => undefined);
  };

  return (
    <PaneFrame title="Channels" exit={{ kind: 'back', label: 'Back', run: () => back({ left: 'chats' }) }}>
      <SearchField label="Find channels" value={query} onChange={setQuery} first />
      {state.type === 'loading' && <GhostRows />}
      {state.type === 'failed' && (
        <div className="kith-notice" role="alert">
          <p>The channels could not be loaded.</p>
          <Button onClick={() => setAttempt(attempt + 1)}>Try again</Button>
        </div>
      )}
      {state.type === 'ready' && state.channels.length === 0 && (
        <NoChannels searching={query.trim() !== ''} />
      )}
      {state.type === 'ready' && (
        <>
          <ul>
            {state.channels.map((channel) => (
              <li key={channel.id} className="kith-person-item kith-channel">
                <ChannelRow channel={channel} />
              </li>
            ))}
          </ul>
          <LoadMore more={state.next !== null} onMore={loadMore} />
        </>
      )}
    </PaneFrame>
  );
}

/** A press on the row shows the channel; only the button beside it joins. */
function ChannelRow({ channel }: { readonly channel: Channel }) {
  const client = useClient();
  const [busy, run] = useRun();
  const open = () => openConversation(channel.id, null, { replace: true });
  const join = () =>
    run(async () => {
      await client.conversations.join(channel.id);
      open();
    });
  return (
    <>
      <button
        type="button"
        className="kith-person"
        data-row={channel.id}
        onClick={() => (channel.joined ? open() : lookAtChannel(channel))}
      >
        <Avatar id={channel.id} name={channel.name} size={36} glyph="channel" shape="square" />
        <span className="kith-person-lines">
          <span>{channel.name}</span>
          <small>{channelLine(channel)}</small>
        </span>
        {channel.joined && <span className="kith-row-action">Joined</span>}
      </button>
      {!channel.joined && (
        <Button kind="plain" busy={busy} aria-label={`Join ${channel.name}`} onClick={join}>
          Join
        </Button>
      )}
    </>
  );
}

function NoChannels({ searching }: { readonly searching: boolean }) {
  if (searching) return <p className="kith-pane-note">No public channel by that name.</p>;
  return (
    <div className="kith-notice">
      <Hash size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>There are no public channels yet. A channel is a room that everybody here may join.</p>
      <Button kind="primary" onClick={() => navigate({ left: 'new-channel' }, { replace: true })}>
        Make the first one
      </Button>
    </div>
  );
}
