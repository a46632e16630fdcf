/** What this device does about new messages, as chosen here: the levels go with the person, the noise stays with the device. */
import { useSyncExternalStore } from 'react';

export type Wish = 'on' | 'off';

const KEYS = { notices: 'kith.notices', sounds: 'kith.sounds', asked: 'kith.notices.asked' } as const;
const listeners = new Set<() => void>();

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is blocked: it is asked again at the next visit.
  }
  changed();
}

function changed(): void {
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const noticesWished = (): boolean => read(KEYS.notices) !== 'off';
export const soundsWished = (): boolean => read(KEYS.sounds) !== 'off';
export const setNotices = (wish: Wish): void => write(KEYS.notices, wish);
export const setSounds = (wish: Wish): void => write(KEYS.sounds, wish);
/** "Not now" was said; Settings still have it. */
export const setAsked = (): void => write(KEYS.asked, 'yes');

export type Permission = NotificationPermission | 'unsupported';

export const permission = (): Permission =>
  typeof Notification === 'undefined' ? 'unsupported' : Notification.permission;

/** As last looked: to look asks another process of the browser and waits, ten milliseconds in each render. */
let known: Permission | undefined;
const knownPermission = (): Permission => {
  known ??= permission();
  return known;
};

function look(): void {
  if (known === undefined || known === permission()) return;
  known = undefined;
  changed();
}

// It is changed in the browser's own settings too. Not all browsers tell; but nobody comes back from there unseen.
if (typeof document !== 'undefined') {
  document.addEventListener('visibilitychange', look);
  addEventListener('focus', look);
  navigator.permissions
    ?.query({ name: 'notifications' })
    .then((status) => status.addEventListener('change', look))
    // A browser that does not know this name: then coming back has to do.
    .catch(() => undefined);
}

/** Only out of a press: a browser that is asked unbidden says no for ever. */
export async function askPermission(): Promise<Permission> {
  if (typeof Notification === 'undefined') return 'unsupported';
  const answer = await Notification.requestPermission();
  known = answer;
  if (answer === 'granted') setNotices('on');
  setAsked();
  return answer;
}

/** As it is now: drawn anew when it is changed here. */
export const useNoticeState = (): Permission | 'off' =>
  useSyncExternalStore(subscribe, () => {
    const state = knownPermission();
    return state === 'granted' && !noticesWished() ? 'off' : state;
  });
export const useSounds = (): Wish => useSyncExternalStore(subscribe, () => (soundsWished() ? 'on' : 'off'));
export const useMayAsk = (): boolean =>
  useSyncExternalStore(subscribe, () => knownPermission() === 'default' && read(KEYS.asked) === null);
