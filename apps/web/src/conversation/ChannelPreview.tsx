/** A public channel one is not in: what it is, and the way in. Its messages are its members' to read. */
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Channel } from '../app/channels.ts';
import { useClient } from '../app/client.tsx';
import { membersLine } from '../app/people.ts';
import { back, openConversation } from '../app/route.ts';
import { t } from '../i18n/index.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useRun } from '../ui/useRun.ts';

export function ChannelPreview({ channel }: { readonly channel: Channel }) {
  const { conversations } = useClient();
  const [busy, run] = useRun();
  const way = useRef<HTMLButtonElement>(null);
  // Whoever came by Enter goes in by Enter.
  useEffect(() => way.current?.focus({ preventScroll: true }), []);
  const join = () =>
    run(async () => {
      await conversations.join(channel.id);
      openConversation(channel.id, null, { replace: true });
    });
  return (
    <section className="kith-preview" aria-label={t('conversation.label')}>
      <IconButton
        icon={ArrowLeft}
        label={t('common.back')}
        className="kith-head-back"
        bare
        onClick={() => back({ conversationId: null, left: 'channels' })}
      />
      <div className="kith-preview-body">
        <Avatar
          id={channel.id}
          name={channel.name}
          image={channel.avatar?.blobId}
          size={72}
          glyph={channel.avatar ? undefined : 'channel'}
          shape="square"
        />
        <h1>{channel.name}</h1>
        <p>{t('conversation.publicChannel', { members: membersLine(channel.memberCount) })}</p>
        {channel.topic && <p className="kith-preview-topic">{channel.topic}</p>}
        <Button ref={way} kind="primary" busy={busy} onClick={join}>
          {t('conversation.joinChannel')}
        </Button>
        <p>{channel.history === 'all' ? t('conversation.historyAll') : t('conversation.historyJoined')}</p>
      </div>
    </section>
  );
}
