/**
 * Asks the worker what a code is made of, one at a time. What takes too long stays plain: its worker is ended, and the next
 * begins with the next code. What was read is kept, so that a code that is scrolled back into view has its colours at once.
 */
import type { Answer, Question } from './worker.ts';

/** For one code, once the worker is there; ordinary ones of the longest take some 30 ms. */
const PATIENCE_MS = 1_000;
/** For the worker itself: 60 kB that may come by a poor line. */
const LOADING_MS = 20_000;
const KEEP = 100;
/** Waiting at once; a timeline shows a handful. Whoever is over is plain until it is drawn again. */
const QUEUE_MAX = 50;

export type Tokens = Uint32Array;
const NONE: Tokens = new Uint32Array();

interface Task {
  readonly lang: string;
  readonly text: string;
  readonly done: (tokens: Tokens) => void;
}

/** The part of `Worker` that is used. */
export interface Reader {
  onmessage: ((event: MessageEvent<Answer | 'ready'>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(question: Question): void;
  terminate(): void;
}

export function createReading(start: () => Reader) {
  const known = new Map<string, Tokens>();
  const queue: Task[] = [];
  let worker: Reader | undefined;
  let ready = false;
  let current: Task | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId = 0;

  const keep = (task: Task, tokens: Tokens): void => {
    known.set(keyOf(task), tokens);
    if (known.size > KEEP) known.delete(known.keys().next().value ?? '');
    task.done(tokens);
  };

  const finish = (tokens: Tokens): void => {
    clearTimeout(timer);
    const task = current;
    current = undefined;
    if (task) keep(task, tokens);
    next();
  };

  const fail = (): void => {
    worker?.terminate();
    worker = undefined;
    ready = false;
    finish(NONE);
  };

  const ask = (task: Task): void => {
    lastId += 1;
    clearTimeout(timer);
    timer = setTimeout(fail, PATIENCE_MS);
    worker?.postMessage({ id: lastId, lang: task.lang, text: task.text });
  };

  const next = (): void => {
    if (current) return;
    current = queue.shift();
    if (!current) return;
    // The same code stands there twice: it was read while this one waited.
    const read = known.get(keyOf(current));
    if (read) return finish(read);
    if (worker && ready) return ask(current);
    timer = setTimeout(fail, LOADING_MS);
    worker = start();
    worker.onerror = fail;
    worker.onmessage = ({ data }) => {
      if (data === 'ready') {
        ready = true;
        if (current) ask(current);
      } else if (data.id === lastId) finish(data.tokens);
    };
  };

  return {
    /** Tells the tokens, at once if they are known. Returns how to stop waiting. */
    read(lang: string, text: string, done: (tokens: Tokens) => void): () => void {
      const task: Task = { lang, text, done };
      const read = known.get(keyOf(task));
      if (read) {
        // Taking it out and putting it back keeps the map in order of use.
        known.delete(keyOf(task));
        keep(task, read);
        return () => undefined;
      }
      if (queue.length < QUEUE_MAX) queue.push(task);
      next();
      return () => {
        const at = queue.indexOf(task);
        if (at >= 0) queue.splice(at, 1);
      };
    },
  };
}

const keyOf = ({ lang, text }: Pick<Task, 'lang' | 'text'>): string => `${lang}\n${text}`;

export const reading = createReading(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
);
