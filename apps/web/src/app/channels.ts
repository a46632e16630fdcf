/** Public channels looked at, but not joined. In memory only: after a reload they are found again. */
import type { Output } from '@kith/protocol';
import { onePane } from './media.ts';
import { membersLine } from './people.ts';
import { currentRoute, navigate } from './route.ts';

export type Channel = Output<'listChannels'>['channels'][number];

/** As many as one goes back through. */
const LOOKED_AT_MAX = 20;

/** The oldest first. */
const found = new Map<string, Channel>();

export const foundChannel = (id: string): Channel | undefined => found.get(id);

/** "12 members · What it is about". */
export const channelLine = ({ memberCount, topic }: Channel): string =>
  topic ? `${membersLine(memberCount)} · ${topic}` : membersLine(memberCount);

/**
 * Shows what it is, and offers to join. Beside it the list of channels stays, where there is room; then "back" leaves that
 * list at once, however many were looked at.
 */
export function lookAtChannel(channel: Channel): void {
  found.delete(channel.id);
  found.set(channel.id, channel);
  for (const id of [...found.keys()].slice(0, -LOOKED_AT_MAX)) found.delete(id);
  const here = { conversationId: channel.id, panel: null };
  if (onePane.get()) navigate({ ...here, left: 'chats' });
  else navigate(here, { replace: currentRoute().left === 'channels' });
}
