/**
 * Who is signed in on this browser, kept outside of the cache so that it can be read before the cache is: a cache
 * of somebody else must not be shown, not even for a frame. Node has no such place; there the token says who it is.
 */
const key = (url: string): string => `kith:user:${new URL(url).origin}`;

export function rememberUser(url: string, userId: string | undefined): void {
  try {
    if (userId === undefined) globalThis.localStorage?.removeItem(key(url));
    else globalThis.localStorage?.setItem(key(url), userId);
  } catch {
    // Blocked storage: the welcome will tell who it is.
  }
}

export function rememberedUser(url: string): string | undefined {
  try {
    return globalThis.localStorage?.getItem(key(url)) ?? undefined;
  } catch {
    return undefined;
  }
}
