/** What files a conversation takes, as one of three choices. Rules may say more than these do: a program may have set them. */
import type { FileRules } from '@kith/protocol';

export type FileChoice = 'all' | 'media' | 'none' | 'other';

const MEDIA = ['audio', 'image', 'video'];

export function fileChoiceOf(rules: FileRules | null): FileChoice {
  if (!rules?.types) return 'all';
  if (rules.types.length === 0) return 'none';
  return [...rules.types].sort().join() === MEDIA.join() ? 'media' : 'other';
}

/** How large a file may be stays as it was. Null: no rules. */
export function rulesFor(choice: FileChoice, now: FileRules | null): FileRules | null {
  const size = now?.fileBytes === undefined ? {} : { fileBytes: now.fileBytes };
  switch (choice) {
    case 'all':
      return now?.fileBytes === undefined ? null : size;
    case 'media':
      return { ...size, types: [...MEDIA] };
    case 'none':
      return { ...size, types: [] };
    case 'other':
      return now;
  }
}
