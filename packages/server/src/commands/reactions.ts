/** Adding and taking back a reaction differ in one statement. */
import {
  type CommandName,
  customEmojiName,
  KithError,
  limits,
  type MessageRecord,
  type ParsedInput,
} from '@kith/protocol';
import { demand, judge } from '../policy/policy.ts';
import type { Caller, Services } from '../services.ts';
import { findEmoji } from '../store/emoji.ts';
import { summarizeReactions } from '../store/messages.ts';
import { toMessage } from '../store/records.ts';
import { type AcceptedRequest, endRequest } from '../store/requests.ts';
import { heldMembership, heldMessage, ownChoice } from './access.ts';
import { tellAccepted } from './requests.ts';

type ReactionInput = ParsedInput<Extract<CommandName, 'addReaction' | 'removeReaction'>>;

export async function setReaction(
  services: Services,
  caller: Caller,
  { conversationId, messageId, emoji }: ReactionInput,
  on: boolean,
): Promise<{ message: MessageRecord }> {
  const { tenantId, userId } = caller;
  const key = { tenantId, conversationId, messageId };
  let accepted: AcceptedRequest | null = null;
  const record = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    demand(judge('react', membership));
    if (membership.member?.request === 'received') accepted = await endRequest(held.trx, held.row, userId);
    const message = await heldMessage(held, membership, messageId);
    if (message.kind !== 'content') {
      // Taking back what a deletion took with it is done already.
      if (!on) return toMessage(message);
      throw new KithError('conflict', { message: 'There is nothing left to react to.' });
    }
    const kinds = message.reactions ?? [];
    if (on && kinds.length >= limits.reactionKinds && !kinds.some((reaction) => reaction.emoji === emoji)) {
      throw new KithError('limit_reached', {
        message: `A message takes at most ${limits.reactionKinds} different reactions.`,
      });
    }
    const custom = on ? customEmojiName(emoji) : null;
    if (custom !== null && !(await findEmoji(held.trx, tenantId, custom))) {
      throw new KithError('not_found', { message: `There is no emoji ${emoji} here.` });
    }
    const changed = await (on ? add : remove)(held.trx, { ...key, userId, emoji });
    // S7: repeating changes nothing.
    if (!changed) return toMessage(message);
    const reactions = await summarizeReactions(held.trx, key);
    return held.setMessage(message, { reactions: reactions.length > 0 ? JSON.stringify(reactions) : null });
  });
  if (accepted) tellAccepted(services, caller, conversationId, accepted);
  return ownChoice(services, caller, conversationId, record);
}

interface ReactionKey {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly messageId: string;
  readonly userId: string;
  readonly emoji: string;
}

async function add(db: Services['database']['db'], key: ReactionKey): Promise<boolean> {
  const result = await db
    .insertInto('reactions')
    .values({
      tenant_id: key.tenantId,
      conversation_id: key.conversationId,
      message_id: key.messageId,
      emoji: key.emoji,
      user_id: key.userId,
      created_at: new Date(),
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function remove(db: Services['database']['db'], key: ReactionKey): Promise<boolean> {
  const result = await db
    .deleteFrom('reactions')
    .where('tenant_id', '=', key.tenantId)
    .where('conversation_id', '=', key.conversationId)
    .where('message_id', '=', key.messageId)
    .where('emoji', '=', key.emoji)
    .where('user_id', '=', key.userId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
