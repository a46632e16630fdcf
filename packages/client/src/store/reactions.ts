import type { MessageRecord } from '@kith/protocol';

/**
 * Says of every reaction whether it is one's own. Events are the same for everybody and do not say; up to
 * `limits.reactionUsers` the list of names tells, beyond that what was known before.
 */
export function withMine(
  record: MessageRecord,
  previous: MessageRecord | undefined,
  me: string,
): MessageRecord {
  if (!record.reactions || record.reactions.every((reaction) => reaction.mine !== undefined)) return record;
  const reactions = record.reactions.map((reaction) => {
    if (reaction.mine !== undefined) return reaction;
    const complete = reaction.userIds.length >= reaction.count;
    const before = previous?.reactions?.find(({ emoji }) => emoji === reaction.emoji)?.mine === true;
    return { ...reaction, mine: reaction.userIds.includes(me) || (!complete && before) };
  });
  return { ...record, reactions };
}
