/**
 * Files that are dropped or pasted anywhere: they go to the composer of the pane they came down on, and where there is none
 * that is said. The browser never leaves the app to show one.
 */
import { type Key, t } from '../i18n/index.ts';
import { toast } from '../ui/toast.ts';
import { cell } from './cell.ts';
import { currentRoute } from './route.ts';

export interface Taker {
  /** Where it takes what comes down. */
  readonly pane: Element;
  readonly take: (files: readonly File[]) => void;
}

const takers = new Set<Taker>();
/** Over which pane files hang now. */
export const overPane = cell<Element | null>(null);

/** Returns how to stop. */
export function takeFiles(taker: Taker): () => void {
  takers.add(taker);
  return () => takers.delete(taker);
}

const PANES = '.kith-main, .kith-side';
/** Somebody who is asked something is not to drop files behind it. */
const COVERED = '[role="dialog"], [role="alertdialog"], [role="menu"]';

const takerAt = (target: EventTarget | null): Taker | undefined =>
  target instanceof Element ? takerIn(target.closest(PANES)) : undefined;
const takerIn = (pane: Element | null): Taker | undefined =>
  pane ? [...takers].find((taker) => taker.pane === pane) : undefined;

/** Words that come with a picture of themselves, as out of an office program, are words. */
const isFile = (data: DataTransfer | null): boolean =>
  data?.types.includes('Files') === true && !data.types.includes('text/plain');

/** Whoever takes files themselves (a field for a picture) has dealt with it. */
const isTaken = ({ defaultPrevented, target }: Event): boolean =>
  defaultPrevented || (target instanceof HTMLInputElement && target.type === 'file');

/** What is to be read is read before the event is over; a folder is none, though it looks like one. */
function filesOf(data: DataTransfer | null): { readonly files: readonly File[]; readonly folders: boolean } {
  const items = [...(data?.items ?? [])].filter(({ kind }) => kind === 'file');
  const plain = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory);
  const files = plain.flatMap((item) => item.getAsFile() ?? []);
  return { files, folders: plain.length < items.length };
}

function receive(data: DataTransfer | null, taker: Taker | undefined, refusal: Key): void {
  const { files, folders } = filesOf(data);
  if (folders) toast(t('drop.folder'), { tone: 'error' });
  if (files.length === 0) return;
  if (taker) taker.take(files);
  else toast(t(refusal));
}

/** Open, and yet nobody takes it: one may not write there. */
const refusalIn = (inPane: boolean): Key =>
  inPane && currentRoute().conversationId !== null ? 'drop.refused' : 'drop.nowhere';
const isIn = (target: EventTarget | null, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

/** A drag leaves one element and comes over the next: it has left only when it is over none for so long, ms. */
const LEFT_MS = 150;

export function receiveFiles(): void {
  /** It began in this page: a picture of the app itself, or a row that is moved. */
  let own = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hang = (pane: Element | null): void => {
    clearTimeout(timer);
    overPane.set(pane);
  };
  const isOver = (event: DragEvent): boolean => !isTaken(event) && isFile(event.dataTransfer);
  const end = (): void => {
    own = false;
  };

  addEventListener('dragstart', () => {
    own = true;
    // While something is dragged there is no such event; and what was dragged may be gone before it is told that it ended.
    addEventListener('pointermove', end, { once: true, passive: true });
  });
  addEventListener('dragend', end);
  addEventListener('dragover', (event) => {
    if (!isOver(event)) return;
    event.preventDefault();
    hang(own ? null : (takerAt(event.target)?.pane ?? null));
  });
  addEventListener('dragleave', () => {
    clearTimeout(timer);
    timer = setTimeout(hang, LEFT_MS, null);
  });
  addEventListener('drop', (event) => {
    hang(null);
    if (!isOver(event)) return;
    event.preventDefault();
    if (!own) receive(event.dataTransfer, takerAt(event.target), refusalIn(isIn(event.target, PANES)));
  });
  addEventListener('paste', (event) => {
    const { target, clipboardData } = event;
    if (isTaken(event) || !isFile(clipboardData)) return;
    event.preventDefault();
    const covered = isIn(target, COVERED);
    // Pasted into the list or nowhere: meant for the conversation.
    const taker = takerAt(target) ?? takerIn(document.querySelector('.kith-main'));
    receive(clipboardData, covered ? undefined : taker, refusalIn(!covered));
  });
}
