/** What is drawn of a picture before any of it is there: a blur, from some 25 bytes that come with the message. */
import { thumbHashToDataURL } from 'thumbhash';

/** As many as a few screens of albums; each is an address of some 4 kB. */
const KEPT = 200;
const known = new Map<string, string | undefined>();

/** As an address for a background; undefined where there is none, or where it makes no picture. */
export function placeholderUrl(placeholder: string | undefined): string | undefined {
  if (placeholder === undefined) return undefined;
  if (known.has(placeholder)) return known.get(placeholder);
  const url = decoded(placeholder);
  known.set(placeholder, url);
  for (const oldest of [...known.keys()].slice(0, -KEPT)) known.delete(oldest);
  return url;
}

/** A header, and factors of brightness at least. */
const LEAST_BYTES = 6;

function decoded(placeholder: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(placeholder), (sign) => sign.charCodeAt(0));
    return bytes.length < LEAST_BYTES ? undefined : thumbHashToDataURL(bytes);
  } catch {
    // A stranger's bytes that are no hash: then the room stays plain.
    return undefined;
  }
}
