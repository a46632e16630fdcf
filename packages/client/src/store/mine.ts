import type { MessageRecord, PollResults, Reaction } from '@kith/protocol';

/**
 * Says of every reaction and every answer of a poll whether it is one's own. Events are the same for everybody and do not
 * say; where the names are all there the list tells, beyond that (and in anonymous polls) what was known before.
 */
export function withMine(
  record: MessageRecord,
  previous: MessageRecord | undefined,
  me: string,
): MessageRecord {
  const reactions = record.reactions && ownReactions(record.reactions, previous?.reactions, me);
  const poll = record.poll && ownVotes(record.poll, previous?.poll, me);
  if (reactions === record.reactions && poll === record.poll) return record;
  return { ...record, ...(reactions && { reactions }), ...(poll && { poll }) };
}

/** The same with one's own choices as `told`, an earlier version of it, has them. */
export function withChoices(record: MessageRecord, told: MessageRecord, me: string): MessageRecord {
  const { reactions, poll } = record;
  const bare: MessageRecord = {
    ...record,
    ...(reactions && { reactions: reactions.map(({ mine: _, ...reaction }) => reaction) }),
    ...(poll && { poll: { ...poll, options: poll.options.map(({ mine: _, ...option }) => option) } }),
  };
  return withMine(bare, told, me);
}

function ownReactions(
  reactions: Reaction[],
  previous: readonly Reaction[] | undefined,
  me: string,
): Reaction[] {
  if (reactions.every((reaction) => reaction.mine !== undefined)) return reactions;
  return reactions.map((reaction) => {
    if (reaction.mine !== undefined) return reaction;
    const complete = reaction.userIds.length >= reaction.count;
    const before = previous?.find(({ emoji }) => emoji === reaction.emoji)?.mine === true;
    return { ...reaction, mine: reaction.userIds.includes(me) || (!complete && before) };
  });
}

function ownVotes(poll: PollResults, previous: PollResults | undefined, me: string): PollResults {
  if (poll.options.every((option) => option.mine !== undefined)) return poll;
  const options = poll.options.map((option, place) => {
    if (option.mine !== undefined) return option;
    const { userIds = [], count } = option;
    const before = previous?.options[place]?.mine === true && count > 0;
    return { ...option, mine: userIds.includes(me) || (userIds.length < count && before) };
  });
  return { ...poll, options };
}
