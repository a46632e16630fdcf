/**
 * Files that were chosen and not sent yet, by place (a conversation, or a thread by its root). They are prepared while one
 * writes, also while one looks elsewhere, and go with the words of the field. Of this page: a reload forgets them.
 */
import type { KithClient, OutgoingFile } from '@kith/client';
import type { UploadLimits } from '@kith/protocol';
import { useSyncExternalStore } from 'react';
import { setBegun } from '../../app/begun.ts';
import { cell } from '../../app/cell.ts';
import { t } from '../../i18n/index.ts';
import { toast, toastError } from '../../ui/toast.ts';
import type { Manner } from '../prepare/choice.ts';
import { faultsOf } from './judge.ts';
import { usual } from './usual.ts';

export interface Chosen {
  readonly id: number;
  readonly source: File;
  readonly state: { readonly type: 'preparing' } | { readonly type: 'ready'; readonly file: OutgoingFile };
  /** An address of a small picture of it; of what was prepared before, until it is prepared anew. */
  readonly preview: string | undefined;
}

/** Sends them; whether they are on their way. */
type Go = (files: readonly OutgoingFile[]) => boolean;

export interface Tray {
  readonly chosen: readonly Chosen[];
  readonly manner: Manner;
  /** Undefined until the server has told, and where it cannot be asked. */
  readonly limits: UploadLimits | undefined;
  /** Send was pressed: what to do when all are ready. */
  readonly go: Go | undefined;
}

/** More than these nobody looks through before sending them. */
const MOST = 100;
const EMPTY: Tray = { chosen: [], manner: 'standard', limits: undefined, go: undefined };

const trays = cell<ReadonlyMap<string, Tray>>(new Map());
export const trayOf = (place: string): Tray => trays.get().get(place) ?? EMPTY;
export const useTray = (place: string): Tray => useSyncExternalStore(trays.subscribe, () => trayOf(place));

function change(place: string, next: Partial<Tray>): void {
  const all = new Map(trays.get());
  const tray = { ...trayOf(place), ...next };
  if (tray.chosen.length > 0) all.set(place, tray);
  else all.delete(place);
  trays.set(all);
}

let lastId = 0;
/** By the file's number: how to stop preparing it. */
const stops = new Map<number, AbortController>();
const previews = new Set<string>();

// However files leave (sent, removed, forgotten with the person), their work ends and their pictures go.
trays.subscribe(() => {
  const all = [...trays.get().values()].flatMap(({ chosen }) => chosen);
  setBegun('files', all.length > 0);
  const ids = new Set(all.map(({ id }) => id));
  for (const [id, stop] of stops) {
    if (ids.has(id)) continue;
    stops.delete(id);
    stop.abort();
  }
  const shown = new Set(all.map(({ preview }) => preview));
  for (const url of previews) {
    if (shown.has(url)) continue;
    previews.delete(url);
    URL.revokeObjectURL(url);
  }
});

export function addFiles(
  client: KithClient,
  conversationId: string,
  place: string,
  files: readonly File[],
): void {
  const { chosen, manner: now } = trayOf(place);
  const manner = chosen.length > 0 ? now : usual.get();
  const added = files.slice(0, MOST - chosen.length).map((source): Chosen => {
    lastId += 1;
    return { id: lastId, source, state: { type: 'preparing' }, preview: undefined };
  });
  if (added.length < files.length) toast(t('tray.tooMany', { count: MOST }), { tone: 'error' });
  if (added.length === 0) return;
  change(place, { chosen: [...chosen, ...added], manner });
  for (const { id } of added) prepare(place, id, manner);
  if (chosen.length > 0) return;
  client.files.limits(conversationId).then(
    (limits) => {
      if (trayOf(place).chosen.length > 0) settle(place, { limits });
    },
    // Offline, most likely: then the server says it when they come.
    (error: unknown) => console.warn('What may be uploaded is not known:', error),
  );
}

export const removeFiles = (place: string, ids: readonly number[]): void =>
  settle(place, { chosen: trayOf(place).chosen.filter(({ id }) => !ids.includes(id)) });

export function setManner(place: string, manner: Manner): void {
  const { chosen } = trayOf(place);
  change(place, { manner, chosen: chosen.map((one) => ({ ...one, state: { type: 'preparing' } })) });
  for (const { id } of chosen) prepare(place, id, manner);
}

/** Asked for when the first file is chosen. */
const load = () => import('../prepare/prepareFile.ts');

function prepare(place: string, id: number, manner: Manner): void {
  const one = trayOf(place).chosen.find((other) => other.id === id);
  if (!one) return;
  stops.get(id)?.abort();
  const stop = new AbortController();
  stops.set(id, stop);
  const { signal } = stop;
  load().then(
    ({ prepareFile }) =>
      prepareFile(one.source, { manner, otherwise: t('tray.unnamed'), signal }).then(
        (file) => signal.aborted || prepared(place, id, file),
        (error: unknown) => {
          if (signal.aborted) return;
          console.warn('A file cannot be sent:', error);
          removeFiles(place, [id]);
          toast(t('tray.unreadable', { name: one.source.name }), { tone: 'error' });
        },
      ),
    (error: unknown) => toastError(error, () => prepare(place, id, manner)),
  );
}

function prepared(place: string, id: number, file: OutgoingFile): void {
  // What it could make a blur of, this browser can draw.
  const isDrawn = file.mime.startsWith('image/') && file.placeholder !== undefined;
  const small = file.thumbnail?.data ?? (isDrawn ? file.data : undefined);
  const preview = small && URL.createObjectURL(small);
  if (preview) previews.add(preview);
  const { chosen } = trayOf(place);
  settle(place, {
    chosen: chosen.map((one) => (one.id === id ? { ...one, preview, state: { type: 'ready', file } } : one)),
  });
}

/** After something was learnt: what waited to be sent goes, or waits no more because it cannot. */
function settle(place: string, next: Partial<Tray>): void {
  change(place, next);
  const { go, chosen, manner, limits } = trayOf(place);
  if (!go || chosen.length === 0) return;
  const ready = chosen.flatMap(({ state }) => (state.type === 'ready' ? [state.file] : []));
  if (faultsOf(chosen, manner, limits).length > 0) change(place, { go: undefined });
  else if (ready.length === chosen.length) {
    // Refused, they stay: they are not lost.
    if (go(ready)) change(place, { chosen: [] });
    else change(place, { go: undefined });
  }
}

/** At once, or as soon as all are prepared. Nothing where something cannot be sent: the tray says what. */
export const sendFiles = (place: string, go: Go): void => settle(place, { go });
export const stopSending = (place: string): void => change(place, { go: undefined });
