/** A conversation as the model server keeps it. */
import type { ConversationRecord, MemberRecord, MessageRecord } from '@kith/protocol';

export interface Member {
  record: MemberRecord;
  readSeq: number;
  deliveredSeq: number;
  /** When something of it last changed that `sync` must tell. */
  touched: number;
}

export interface Conversation {
  record: ConversationRecord;
  rev: number;
  touched: number;
  readonly members: Map<string, Member>;
  /** By place: `messages[0]` has `seq` 1. */
  readonly messages: MessageRecord[];
}

/** With what of its reactions and answers is this person’s. */
export function asSeenBy(message: MessageRecord, userId: string): MessageRecord {
  const { reactions, poll } = message;
  if (!reactions && !poll) return message;
  const own = <T extends { readonly userIds?: string[] | undefined }>(choice: T) => ({
    ...choice,
    mine: choice.userIds?.includes(userId) ?? false,
  });
  return {
    ...message,
    ...(reactions && { reactions: reactions.map(own) }),
    ...(poll && { poll: { ...poll, options: poll.options.map(own) } }),
  };
}
