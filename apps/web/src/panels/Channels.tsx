import { Hash } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Channel, channelLine, lookAtChannel } from '../app/channels.ts';
import { useClient } from '../app/client.tsx';
import { back, navigate, openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
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
    <PaneFrame
      title={t('channels.title')}
      exit={{ kind: 'back', label: t('common.back'), run: () => back({ left: 'chats' }) }}
    >
      <SearchField label={t('channels.find')} value={query} onChange={setQuery} first />
      {state.type === 'loading' && <GhostRows />}
      {state.type === 'failed' && (
        <div className="kith-notice" role="alert">
          <p>{t('channels.failed')}</p>
          <Button onClick={() => setAttempt(attempt + 1)}>{t('common.tryAgain')}</Button>
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
        <Avatar
          id={channel.id}
          name={channel.name}
          image={channel.avatar?.blobId}
          size={36}
          glyph={channel.avatar ? undefined : 'channel'}
          shape="square"
        />
        <span className="kith-person-lines">
          <span>{channel.name}</span>
          <small>{channelLine(channel)}</small>
        </span>
        {channel.joined && <span className="kith-row-action">{t('channels.joined')}</span>}
      </button>
      {!channel.joined && (
        <Button
          kind="plain"
          busy={busy}
          aria-label={t('channels.joinNamed', { name: channel.name })}
          onClick={join}
        >
          {t('channels.join')}
        </Button>
      )}
    </>
  );
}

function NoChannels({ searching }: { readonly searching: boolean }) {
  if (searching) return <p className="kith-pane-note">{t('channels.none')}</p>;
  return (
    <div className="kith-notice">
      <Hash size={32} strokeWidth={1.5} aria-hidden="true" />
      <p>{t('channels.empty')}</p>
      <Button kind="primary" onClick={() => navigate({ left: 'new-channel' }, { replace: true })}>
        {t('channels.makeFirst')}
      </Button>
    </div>
  );
}
