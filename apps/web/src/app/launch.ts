/**
 * What the app is opened with from outside: a shortcut of its icon, or words and files that another app shares. The same whether it
 * is started for that or runs already.
 */
import { isId } from '@kith/protocol/ids';
import { linkOf } from '../auth/links.ts';
import { navigate, openConversation } from './route.ts';
import { dropSharedFiles } from './sharedFiles.ts';
import { textOf } from './sharedText.ts';

/** What is to be shared. */
export interface Shared {
  readonly text: string;
  /** How many: sharedFiles.ts has them. Or there was no room for them on this device, or no service worker to take them. */
  readonly files: number | 'noRoom' | 'lost';
}
const NOTHING: Shared = { text: '', files: 0 };

/** Outlive a reload, and the signing in that may have to come first. */
const KEYS = { text: 'kith.shared', files: 'kith.sharedFiles' } as const;
const countOf = (said: string | null): Shared['files'] =>
  said === 'noRoom' || said === 'lost' ? said : Number(said) || 0;
let current = kept();

function kept(): Shared {
  try {
    return {
      text: sessionStorage.getItem(KEYS.text) ?? '',
      files: countOf(sessionStorage.getItem(KEYS.files)),
    };
  } catch {
    return NOTHING;
  }
}

export const shared = (): Shared => current;

function setShared({ text, files }: Shared): void {
  current = { text, files };
  try {
    for (const [key, value] of [[KEYS.text, text] as const, [KEYS.files, files || ''] as const]) {
      if (value) sessionStorage.setItem(key, String(value));
      else sessionStorage.removeItem(key);
    }
  } catch {
    // Storage is blocked: it holds until the page is closed.
  }
}

/** It has come where it was to go, or nowhere. Files that nobody took are gone. */
export function forgetShared(): void {
  setShared(NOTHING);
  dropSharedFiles();
}

/** The reminder that is to be put off: pressed on its notice while no window was open (build/sw.js). */
let snoozed: string | undefined;

export function takeSnoozed(): string | undefined {
  const messageId = snoozed;
  snoozed = undefined;
  return messageId;
}

/** Goes where an address of ours leads. */
export function launch(address: URL): void {
  const [, first, id] = address.pathname.split('/');
  if (first === 'share') {
    setShared({ text: textOf(address.searchParams), files: countOf(address.searchParams.get('files')) });
    navigate({ conversationId: null, panel: null, left: 'share' }, { replace: true });
  } else if (first === 'new') {
    navigate({ conversationId: null, panel: null, left: 'new' }, { replace: true });
  } else if (first === 'settings') {
    // A mail about the account leads there.
    navigate(
      { conversationId: null, panel: null, left: id === 'security' ? 'security' : 'settings' },
      { replace: true },
    );
  } else if (first === 'c' && isId(id) && address.searchParams.has('snooze')) {
    const messageId = address.searchParams.get('m');
    if (isId(messageId)) snoozed = messageId;
    // It is done once, also when the page is loaded again; and nobody asked for the message.
    navigate({ conversationId: null, panel: null }, { replace: true });
  } else if (first === 'c' && isId(id) && address.href !== location.href) {
    openConversation(id, address.searchParams.get('m'));
  }
}

/** Of browsers that can hand an address to a window that is open already. */
interface LaunchQueue {
  setConsumer(consume: (launched: { readonly targetURL?: string }) => void): void;
}

/** At the start, and for whatever comes while the app is open. */
export function listenForLaunches(): void {
  launch(new URL(location.href));
  let starting = true;
  const { launchQueue } = window as { readonly launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ targetURL }) => {
    // The first is what this page was opened with.
    if (!starting && targetURL) {
      const address = new URL(targetURL);
      // A link of a mail is for a page that begins with it.
      if (linkOf(address)) location.assign(address);
      else launch(address);
    }
    starting = false;
  });
}
