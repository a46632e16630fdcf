/**
 * The invitation somebody has in hand while they sign up or in. It is the tab's: it survives a reload and the way to another
 * service and back, and is spent by whoever comes in.
 */
const KEY = 'kith.invite';

export function pendingInvite(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Null: it is spent, or was not wanted. */
export function setPendingInvite(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, token);
  } catch {
    // Storage is blocked: the link is pressed again once they are in.
  }
}
