import { type Content, findMentions, KithError, limits, type Mentions } from '@kith/protocol';
import type { Membership } from '../policy/memberships.ts';
import { demand, judge } from '../policy/policy.ts';

const NOBODY: Mentions = { userIds: [], all: false };

/** Whom the content mentions; throws when the sender may not mention that many. Nothing is found in encrypted content (S14). */
export function allowedMentions(membership: Membership | null, content: Content): Mentions {
  if (content.type !== 'plain') return NOBODY;
  const mentions = findMentions(content.text);
  if (mentions.userIds.length > limits.mentions) {
    throw new KithError('limit_reached', {
      message: `A message mentions at most ${limits.mentions} people.`,
    });
  }
  if (mentions.all) demand(judge('mentionAll', membership), 'Only admins may mention everyone here.');
  return mentions;
}
