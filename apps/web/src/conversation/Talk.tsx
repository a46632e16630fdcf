/** Timeline and composer, loaded apart from the list. */
import { useClient, useReadable } from '../app/client.tsx';
import { peerOf, useMyId, useUser } from '../app/people.ts';
import { Composer } from '../composer/index.ts';
import { t } from '../i18n/index.ts';
import { ScheduledBar } from '../later/ScheduledBar.tsx';
import { PlainLinks } from '../message/markdown/plainLinks.ts';
import { BlockedStrip } from '../profile/BlockedStrip.tsx';
import { RequestBar } from '../requests/RequestBar.tsx';
import { Timeline } from '../timeline/index.ts';
import { PinsBar } from './PinsBar.tsx';

export function Talk({
  conversationId,
  messageId,
}: {
  readonly conversationId: string;
  readonly messageId: string | null;
}) {
  const client = useClient();
  const myId = useMyId();
  const entry = useReadable(client.conversations.get(conversationId));
  const peerId = entry ? peerOf(entry.conversation, myId) : null;
  const gone = useUser(peerId)?.deleted;
  const request = entry?.request;
  const blocked = useReadable(client.own.get('block', peerId ?? '')) !== undefined;
  return (
    <>
      <PinsBar conversationId={conversationId} />
      <PlainLinks value={request !== undefined}>
        <Timeline conversationId={conversationId} jumpTo={messageId} />
      </PlainLinks>
      <ScheduledBar conversationId={conversationId} />
      {gone ? (
        <p className="kith-blocked-strip">{t('user.deletedHere')}</p>
      ) : blocked && peerId !== null ? (
        <BlockedStrip userId={peerId} />
      ) : request ? (
        <RequestBar conversationId={conversationId} request={request} />
      ) : (
        <Composer conversationId={conversationId} />
      )}
    </>
  );
}
