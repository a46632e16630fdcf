/** Public channels found and looked at, but not joined. In memory only: after a reload they are found again. */
import type { Output } from '@kith/protocol';
import { onePane } from './media.ts';
import { membersLine } from './people.ts';
import { navigate } from './route.ts';

export type Channel = Output<'listChannels'>['channels'][number];

const found = new Map<string, Channel>();

export const foundChannel = (id: string): Channel | undefined => found.get(id);

/** "12 members · What it is about". */
export const channelLine = ({ memberCount, topic }: Channel): string =>
  topic ? `${membersLine(memberCount)} · ${topic}` : membersLine(memberCount);

/** Shows what it is, and offers to join. Beside it the list of channels stays, where there is room. */
export function lookAtChannel(channel: Channel): void {
  found.set(channel.id, channel);
  navigate({ conversationId: channel.id, panel: null, ...(onePane.get() && { left: 'chats' }) });
}
