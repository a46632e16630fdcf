/**
 * Links that came by mail or from a friend: `/reset#<token>`, `/undo-email#<token>`, `/keep#<token>`, `/invite#<token>`. What they carry is worth an account, so it stands behind the
 * `#`, which no server and no Referer sees, and leaves the address bar, and the history with it, before anything else happens.
 */
import { limits } from '@kith/client';

export interface Link {
  readonly type: 'reset' | 'undo' | 'keep' | 'invite';
  readonly token: string;
}

const kinds: Readonly<Record<string, Link['type']>> = {
  '/reset': 'reset',
  '/undo-email': 'undo',
  '/keep': 'keep',
  '/invite': 'invite',
};

export function linkOf({ pathname, hash }: Pick<URL, 'pathname' | 'hash'>): Link | null {
  const type = kinds[pathname.replace(/\/$/, '')];
  if (type === undefined) return null;
  // One that was cut short by a mail program leads to its page too, which says that it is of no use.
  return { type, token: hash.slice(1, 1 + limits.ticketLength) };
}

/** Once: afterwards the address is that of the app. */
export function takeLink(): Link | null {
  const link = linkOf(location);
  if (link) history.replaceState(null, '', '/');
  return link;
}
