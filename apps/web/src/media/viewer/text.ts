/** The beginning of a file of text, as letters. */

/** As much as anybody reads in a preview, bytes. */
export const TEXT_MAX = 200_000;
const PATIENCE_MS = 30_000;

export interface Beginning {
  readonly text: string;
  /** There is more of it. */
  readonly cut: boolean;
}

/** @throws Error when it cannot be had. */
export async function fetchText(url: string, size: number, signal: AbortSignal): Promise<Beginning> {
  const response = await fetch(url, {
    headers: { range: `bytes=0-${TEXT_MAX - 1}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  });
  if (!response.ok || !response.body) throw new Error(`The file's text: ${response.status}`);
  const bytes = await firstBytes(response.body, TEXT_MAX);
  return { text: decode(bytes), cut: size > bytes.length };
}

/** Whoever does not know ranges sends all of it: the rest is not waited for. */
async function firstBytes(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < most) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel();
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.subarray(0, most);
}

/** UTF-8 unless it says otherwise at its beginning, or is not: then as Windows wrote it for long. */
export function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // As a stream: a letter that was cut at the end is no fault.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
