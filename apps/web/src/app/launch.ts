/**
 * What the app is opened with from outside: a shortcut of its icon, or words that another app shares. The same whether it
 * is started for that or runs already.
 */
import { isId } from '@kith/protocol/ids';
import { navigate, openConversation } from './route.ts';
import { textOf } from './sharedText.ts';

/** Outlives a reload, and the signing in that may have to come first. */
const KEY = 'kith.shared';
let shared = kept();

function kept(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** What is to be shared; '' when nothing is. */
export const sharedText = (): string => shared;

export function setShared(text: string): void {
  shared = text;
  try {
    if (text) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is blocked: it holds until the page is closed.
  }
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
    setShared(textOf(address.searchParams));
    navigate({ conversationId: null, panel: null, left: 'share' }, { replace: true });
  } else if (first === 'new') {
    navigate({ conversationId: null, panel: null, left: 'new' }, { replace: true });
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
    if (!starting && targetURL) launch(new URL(targetURL));
    starting = false;
  });
}
