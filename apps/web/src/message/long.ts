/** Long messages show their beginning first; cutting the source also keeps a hostile 20,000 characters cheap to draw. */
const LINES = 40;
const CHARS = 3_000;
/** A little over is shown whole: a button that uncovers two lines is a nuisance. */
const SLACK = 1.15;

/** The beginning of a long text, or undefined when it is not long. */
export function cutLong(text: string): string | undefined {
  let end = text.length > CHARS * SLACK ? CHARS : text.length;
  let lines = 0;
  let cutAt: number | undefined;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    lines++;
    if (lines === LINES) cutAt = at;
    if (lines > LINES * SLACK) {
      end = cutAt ?? end;
      break;
    }
  }
  if (end === text.length) return undefined;
  // At a space if one is near, and never within a surrogate pair.
  const space = text.lastIndexOf(' ', end);
  const cut = text.slice(0, space > Math.max(0, end - 80) ? space : end);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

const KEEP = 200;
const expanded = new Set<string>();

/** Which messages were unfolded, so that one scrolled away and back is as it was left. */
export const isExpanded = (messageId: string): boolean => expanded.has(messageId);
export function setExpanded(messageId: string, on: boolean): void {
  expanded.delete(messageId);
  if (on) expanded.add(messageId);
  if (expanded.size > KEEP) expanded.delete(expanded.keys().next().value ?? '');
}
