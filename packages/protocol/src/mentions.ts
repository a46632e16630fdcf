/**
 * Mentions in plain text. A person is written `<@user-id>` and everyone `<@all>`, so that a mention survives a change
 * of name and both sides find the same ones in the same text. Nothing inside code counts.
 */
import { isId } from './ids.ts';
import { limits } from './limits.ts';

export interface Mentions {
  /** Distinct ids in order of appearance, at most `limits.mentions` (+1 when there are more, for the check). */
  readonly userIds: readonly string[];
  readonly all: boolean;
}

const NONE: Mentions = { userIds: [], all: false };
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
/** One mention as it is written: whose, or `all`. */
export const MENTION = /<@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|all)>/g;

/** The text of a mention of this person. */
export const mentionOf = (userId: string | 'all'): string => `<@${userId}>`;

/** Whom it mentions, wherever it stands, in order and each once. */
export const mentionedIn = (text: string): readonly string[] =>
  text.includes('<@')
    ? [...new Set([...text.matchAll(MENTION)].flatMap(([, who = 'all']) => (who === 'all' ? [] : who)))]
    : [];

/** Finds who a text mentions. Runs in time linear to the text. */
export function findMentions(text: string): Mentions {
  if (!text.includes('<@')) return NONE;
  const userIds = new Set<string>();
  let all = false;
  for (const [, who] of text.replace(CODE, ' ').matchAll(MENTION)) {
    if (who === 'all') all = true;
    else if (isId(who) && userIds.size <= limits.mentions) userIds.add(who);
  }
  return { userIds: [...userIds], all };
}
