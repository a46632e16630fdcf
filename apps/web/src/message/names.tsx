/** People's names in messages: each place subscribes to just the people it names. */

import type { MessageBody } from '@kith/protocol';
import { MENTION, mentionedIn } from '@kith/protocol/mentions';
import { useMemo } from 'react';
import { nameOf, useNames, useUser } from '../app/people.ts';
import { t } from '../i18n/index.ts';
import { listText } from '../i18n/words.ts';
import { type Excerpt, excerptOf, textOf } from './excerpt.ts';
import { plainPreview } from './preview.ts';

/** The display name, or undefined until it is known. */
export function useName(userId: string): string | undefined {
  const user = useUser(userId);
  return user && nameOf(user);
}

export function UserName({ id, you }: { readonly id: string; readonly you?: string | undefined }) {
  const name = useName(id);
  return you ?? name ?? t('names.someone');
}

/** One line of a message's text, with the names of whom it mentions. */
export function usePlainPreview(text: string): string {
  const nameOf = useMentionedNames(text);
  return useMemo(() => plainPreview(text, nameOf), [text, nameOf]);
}

/** One line of a message, whatever it carries. */
export function useExcerpt(body: MessageBody): Excerpt {
  const nameOf = useMentionedNames(textOf(body));
  return useMemo(() => excerptOf(body, nameOf), [body, nameOf]);
}

/** All of a text as it was written, with names where people are mentioned. */
export function useNamed(text: string): string {
  const nameOf = useMentionedNames(text, text.length);
  return useMemo(
    () =>
      text.replace(
        MENTION,
        (_, who: string) => `@${who === 'all' ? who : (nameOf(who) ?? t('names.someone'))}`,
      ),
    [text, nameOf],
  );
}

/** `reach`: only in so much of it. */
function useMentionedNames(text: string, reach = 600): (userId: string) => string | undefined {
  const ids = useMemo(() => mentionedIn(text.slice(0, reach)), [text, reach]);
  const names = useNames(ids);
  return useMemo(() => {
    const byId = new Map(ids.map((id, i) => [id, names[i]]));
    return (id: string) => byId.get(id) || undefined;
  }, [ids, names]);
}

/** "You, Ana, Bo and 3 more": `total` may exceed the ids known. */
export function useNameList(
  userIds: readonly string[],
  meId: string | undefined,
  total = userIds.length,
): string {
  const shown = useMemo(() => {
    const mineFirst = [...userIds].sort((a, b) => Number(b === meId) - Number(a === meId));
    return mineFirst.slice(0, 12);
  }, [userIds, meId]);
  const known = useNames(shown);
  const names = shown.map((id, i) => (id === meId ? t('names.you') : known[i] || t('names.someone')));
  const rest = total - shown.length;
  return listText(rest > 0 ? [...names, t('names.more', { count: rest })] : names);
}
