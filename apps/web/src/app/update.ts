/**
 * One build of the app at a time. The worker (build/sw.js) fetches a newer one beside it; here people are told that it waits,
 * and take it in all tabs at once. Nothing is reloaded under somebody's hands: a tab where something is begun asks.
 */

import type { KithClient } from '@kith/client';
import { isEditing } from '../composer/intent.ts';
import { t } from '../i18n/index.ts';
import { toast } from '../ui/toast.ts';
import { isSomethingBegun } from './begun.ts';

/** The browser asks for a new worker when a page opens; some pages stay open for weeks. */
const LOOK_EVERY_MS = 60 * 60_000;
/** After a connection came back, as that may be a server with a newer app. Not for each of a flapping line. */
const LOOK_AGAIN_MS = 60_000;
/** So long the new worker may take over. */
const TAKING_MS = 10_000;

let registration: ServiceWorkerRegistration | undefined;
let lookedAt = 0;
let mayReload = false;
let unsent: () => number = () => 0;

/** So that the app opens with no network, and stays current. Only in what was built: in development files change under it. */
export function keepUpToDate(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  // A page that came from the network is claimed by its first worker: nothing new in that.
  let first = serviceWorker.controller === null;
  serviceWorker.addEventListener('controllerchange', () => {
    if (!first) void handleTaken(serviceWorker.controller);
    first = false;
  });
  const register = (): void =>
    void serviceWorker
      .register('/sw.js', { updateViaCache: 'none' })
      .then(follow)
      .catch((error: unknown) => console.warn('No offline copy of the app:', error));
  // After the app stands: it must not wait for its own spare copy.
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}

function follow(found: ServiceWorkerRegistration): void {
  registration = found;
  lookedAt = Date.now();
  const offerWaiting = (): void => {
    if (found.waiting && found.active) void offer(found.waiting);
  };
  found.addEventListener('updatefound', () =>
    found.installing?.addEventListener('statechange', offerWaiting),
  );
  offerWaiting();
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - lookedAt > LOOK_EVERY_MS) look();
  });
}

function look(): void {
  lookedAt = Date.now();
  // Without a network there is nothing to be had; the next look will tell.
  registration?.update().catch(() => undefined);
}

/** What this client has not sent yet is told before a reload, and its new connection is a reason to look. Returns how to stop. */
export function followClient({ connection, messages }: KithClient): () => void {
  unsent = () => messages.unsentIn().length;
  const stop = connection.subscribe(() => {
    if (connection.get().type === 'live' && Date.now() - lookedAt > LOOK_AGAIN_MS) look();
  });
  return () => {
    unsent = () => 0;
    stop();
  };
}

/** Whether this page is of that worker's build. */
async function isMine(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<boolean>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(resolve, TAKING_MS, false);
  });
  worker.postMessage({ type: 'holds', path: new URL(import.meta.url).pathname }, [port2]);
  return answer;
}

async function offer(worker: ServiceWorker): Promise<void> {
  // Only something beside the scripts has changed, an icon perhaps: nobody need be asked.
  if (await isMine(worker)) worker.postMessage({ type: 'take' });
  else show(t('app.updateReady'), ask);
}

function show(text: string, run: () => void): void {
  toast(text, { lasting: 'update', anyone: true, action: { label: t('app.reload'), run } });
}

/** The press on "Reload": what it would cost is said first. */
function ask(): void {
  const count = unsent();
  if (isEditing()) show(t('app.updateEditing'), () => void renew());
  else if (count > 0) show(t('app.updateUnsent', { count }), () => void renew());
  else void renew();
}

/** Fields that one writes in. */
const WRITTEN =
  'textarea, input:not([type="checkbox"], [type="radio"], [type="range"], [type="color"], [type="file"], [type="hidden"])';

/** Whether something is open or written here that a reload would take away. */
function isBegun(): boolean {
  if (isSomethingBegun() || document.querySelector('[role="dialog"], [role="alertdialog"]')) return true;
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(WRITTEN);
  return [...fields].some(({ value }) => value !== '');
}

/** Another worker serves this page from now on: some tab took the new build. */
async function handleTaken(worker: ServiceWorker | null): Promise<void> {
  if (worker && (await isMine(worker))) return;
  if (mayReload || (!isEditing() && !isBegun() && unsent() === 0)) location.reload();
  else show(t('app.updateReady'), ask);
}

/** Reloads into the newest build that can be had. */
export async function renew(): Promise<void> {
  mayReload = true;
  await registration?.update().catch(() => undefined);
  const waiting = registration?.waiting;
  // The change of the worker reloads this tab as all others.
  waiting?.postMessage({ type: 'take' });
  setTimeout(() => location.reload(), waiting ? TAKING_MS : 0);
}
