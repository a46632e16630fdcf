/** What another app hands over (`share_target` of the manifest). */
import { limits } from '@kith/protocol/limits';

/** Title, words and address as one text; what says the same twice says it once. */
export function textOf(params: URLSearchParams): string {
  const parts: string[] = [];
  for (const name of ['title', 'text', 'url']) {
    const part = params.get(name)?.trim() ?? '';
    if (part && !parts.some((other) => other.includes(part))) parts.push(part);
  }
  return parts.join('\n').slice(0, limits.draftLength);
}
