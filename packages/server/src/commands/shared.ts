/** Answers that many get alike are encoded once. */
const texts = new WeakMap<object, string>();
const shared = new WeakSet<object>();

/** Says that others may be answered with this very object, which does not change any more. */
export function share<T extends object>(output: T): T {
  shared.add(output);
  return output;
}

/** The output of a command as JSON. */
export function encodeOutput(output: unknown): string {
  if (typeof output !== 'object' || output === null || !shared.has(output)) return JSON.stringify(output);
  const known = texts.get(output);
  if (known !== undefined) return known;
  const text = JSON.stringify(output);
  texts.set(output, text);
  return text;
}
