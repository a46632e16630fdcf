/**
 * Files on their way to the server: a few at a time, in the order of their messages, each tried again until the server has it and
 * has looked at it. The bytes are kept on the device until then. It knows no socket: `handleLive`, `handleDown`.
 */
import { KithError } from '@kith/protocol/errors';
import { asKithError } from '../asKithError.ts';
import { backoff } from '../backoff.ts';
import { Cells, type Scheduler } from '../reactive.ts';
import type { Request } from '../request.ts';
import type { FileToUpload, StoredFile } from '../storage/storage.ts';
import type { Clock, Readable, Transfer } from '../types.ts';
import type { TransferRequest, Transport } from './transfer.ts';

export interface UploadsDeps {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly random: () => number;
  readonly request: Request;
  readonly url: string;
  readonly token: string | undefined;
  /** What brings bytes; loaded when the first file is sent. */
  readonly load: () => Promise<Transport>;
  /** Rejects when the device cannot keep it: then it lives as long as the page. */
  put(file: StoredFile): Promise<void>;
  get(fileId: string): Promise<Blob | undefined>;
  remove(fileIds: readonly string[]): Promise<void>;
  warn(message: string, cause: unknown): void;
}

/** What a message waits for. */
export interface Batch {
  readonly messageId: string;
  readonly conversationId: string;
  readonly files: readonly FileToUpload[];
  /** Nothing is sent before somebody says so. */
  readonly paused?: boolean;
}

type State =
  | { readonly type: 'waiting' }
  | { readonly type: 'running'; readonly abort: AbortController }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: KithError };

interface Item {
  readonly file: FileToUpload;
  readonly batch: Batch;
  state: State;
  sent: number;
}

/** One try to bring a file, over one line. It ends without the file's turn ending: it is tried again. */
interface Attempt {
  readonly abort: AbortController;
  /** Something moved since it began, and since the connection was lost. */
  moved: boolean;
}

interface Job {
  readonly batch: Batch;
  readonly items: readonly Item[];
  paused: boolean;
  readonly done: PromiseWithResolvers<void>;
}

/** More would share the same line, and the first message would come later. */
const PARALLEL = 3;
/** A line over which nothing moves for so long is dead. The slowest still moves, and the server looks at a file for seconds only. */
const SILENT_MS = 30_000;
const SILENCE = new KithError('unavailable', { message: 'Nothing moves on the line.' });
/** On a slow line the system takes long to pass on what a browser believes sent: the watch doubles, so often at most. */
const LONGER = 3;
/** Why an attempt of before is given up when there is a connection again: the next begins at once. */
const LINE_IS_BACK = new KithError('unavailable', { message: 'The line was lost.' });
/** Between two questions whether the server has looked at it. */
const ASK_MS = [100, 250, 500, 1_000, 2_000, 5_000];
/** Own files that are kept at hand after they were sent, so that nobody waits for what they have. */
const AT_HAND = 100;

export class Uploads {
  readonly #deps: UploadsDeps;
  readonly #transfers: Cells<string, Transfer>;
  /** By message, in the order they are to be sent. */
  readonly #jobs = new Map<string, Job>();
  /** Bytes by file: of what is under way, and of the last that were sent. */
  readonly #atHand = new Map<string, Blob>();
  readonly #attempts = new Set<Attempt>();
  /** The server cannot know these: chosen since this page was opened, and never begun. Of all others it is asked first. */
  readonly #untold = new Set<string>();
  #live = false;
  #running = 0;

  constructor(deps: UploadsDeps) {
    this.#deps = deps;
    this.#transfers = new Cells(deps.scheduler);
  }

  transfer(fileId: string): Readable<Transfer | undefined> {
    return this.#transfers.at(fileId);
  }

  /** The bytes of an own file, where this device has them. */
  async data(fileId: string): Promise<Blob | undefined> {
    return this.#atHand.get(fileId) ?? this.#deps.get(fileId);
  }

  /** The same, when they are at hand. */
  peek(fileId: string): Blob | undefined {
    return this.#atHand.get(fileId);
  }

  /** Keeps the bytes of a new message. Resolves when they are kept, or never can be. */
  async keep(
    messageId: string,
    files: readonly { readonly fileId: string; readonly data: Blob }[],
  ): Promise<void> {
    for (const { fileId, data } of files) {
      this.#atHand.set(fileId, data);
      this.#untold.add(fileId);
    }
    try {
      await Promise.all(files.map((file) => this.#deps.put({ ...file, messageId })));
    } catch (cause) {
      this.#deps.warn(
        'A file cannot be kept on this device; it is lost if the window closes before it is sent.',
        cause,
      );
    }
  }

  /** Begins, or goes on with, what a message needs; resolves when the server has all of it. @throws KithError. */
  begin(batch: Batch): Promise<void> {
    const known = this.#jobs.get(batch.messageId);
    if (known) return known.done.promise;
    const items = batch.files.map((file): Item => ({ file, batch, state: { type: 'waiting' }, sent: 0 }));
    const job: Job = { batch, items, paused: batch.paused === true, done: Promise.withResolvers() };
    // Whoever waits for it hears of it; nobody need.
    job.done.promise.catch(() => undefined);
    this.#jobs.set(batch.messageId, job);
    for (const item of items) this.#tell(job, item);
    this.#pump();
    return job.done.promise;
  }

  /** The server may have let go of what it had: it waited for days. What is there already is brought once more. */
  again(messageId: string): void {
    const job = this.#jobs.get(messageId);
    if (job?.items.every(({ state }) => state.type === 'done')) this.#jobs.delete(messageId);
  }

  isPaused(messageId: string): boolean {
    return this.#jobs.get(messageId)?.paused === true;
  }

  setPaused(messageId: string, paused: boolean): boolean {
    const job = this.#jobs.get(messageId);
    if (!job || job.paused === paused) return false;
    job.paused = paused;
    if (paused) this.#stop(job);
    for (const item of job.items) this.#tell(job, item);
    this.#pump();
    return true;
  }

  /** The message is sent: its bytes need not be kept any more. */
  finish(messageId: string, fileIds: readonly string[]): void {
    this.#jobs.delete(messageId);
    for (const id of fileIds) this.#transfers.set(id, undefined);
    void this.#forget(fileIds);
    for (const id of this.#atHand.keys()) {
      if (this.#atHand.size <= AT_HAND) break;
      if (!this.#isNeeded(id)) this.#atHand.delete(id);
    }
  }

  /** It will not be sent: what the server has of it goes too. */
  discard(messageId: string, fileIds: readonly string[]): void {
    const job = this.#jobs.get(messageId);
    this.#jobs.delete(messageId);
    if (job) {
      this.#stop(job);
      job.done.reject(new KithError('not_found'));
    }
    // Whatever is known of it here: one that failed, or was begun before a reload, may lie there too.
    if (this.#live) for (const id of fileIds) void this.#cancel(id);
    for (const id of fileIds) {
      this.#transfers.set(id, undefined);
      this.#atHand.delete(id);
      this.#untold.delete(id);
    }
    void this.#forget(fileIds);
    this.#pump();
  }

  handleLive(): void {
    // Nothing has moved since the line was lost: it is dead, and nobody would say so.
    if (!this.#live) for (const { abort, moved } of this.#attempts) if (!moved) abort.abort(LINE_IS_BACK);
    this.#live = true;
    for (const job of this.#jobs.values()) for (const item of job.items) this.#tell(job, item);
    this.#pump();
  }

  /** What is under way may still come through; nothing new is begun. */
  handleDown(): void {
    this.#live = false;
    for (const attempt of this.#attempts) attempt.moved = false;
    for (const job of this.#jobs.values()) for (const item of job.items) this.#tell(job, item);
  }

  clear(): void {
    for (const job of this.#jobs.values()) {
      this.#stop(job);
      job.done.reject(new KithError('unauthenticated'));
    }
    this.#jobs.clear();
    this.#atHand.clear();
    this.#untold.clear();
    this.#transfers.clear();
    this.#live = false;
  }

  #isNeeded(fileId: string): boolean {
    for (const job of this.#jobs.values())
      if (job.items.some(({ file }) => file.fileId === fileId)) return true;
    return false;
  }

  async #forget(fileIds: readonly string[]): Promise<void> {
    try {
      await this.#deps.remove(fileIds);
    } catch (cause) {
      this.#deps.warn('A file that is not needed any more is still kept on this device.', cause);
    }
  }

  async #cancel(fileId: string): Promise<void> {
    const { url, token, load, warn } = this.#deps;
    try {
      await (await load()).cancel({ url, token, fileId });
    } catch (cause) {
      // It goes by itself after some days.
      warn('The server could not be told that a file is not wanted any more.', cause);
    }
  }

  #stop(job: Job): void {
    for (const item of job.items) if (item.state.type === 'running') item.state.abort.abort();
  }

  #pump(): void {
    if (!this.#live) return;
    for (const job of this.#jobs.values()) {
      if (job.paused) continue;
      for (const item of job.items) {
        if (this.#running >= PARALLEL) return;
        if (item.state.type !== 'waiting') continue;
        const abort = new AbortController();
        item.state = { type: 'running', abort };
        this.#running++;
        void this.#run(job, item, abort.signal).finally(() => {
          this.#running--;
          this.#settle(job);
          this.#pump();
        });
      }
    }
  }

  async #run(job: Job, item: Item, signal: AbortSignal): Promise<void> {
    try {
      await this.#bring(job, item, signal);
      item.state = { type: 'done' };
    } catch (cause) {
      item.state = signal.aborted ? { type: 'waiting' } : { type: 'failed', error: asKithError(cause) };
    }
    this.#tell(job, item);
  }

  /** Until it is there. @throws KithError that no trying again will change. */
  async #bring(job: Job, item: Item, signal: AbortSignal): Promise<void> {
    const { url, token, load } = this.#deps;
    const { fileId, mime } = item.file;
    let silences = 0;
    for (let failures = 0; ; ) {
      const before = item.sent;
      try {
        const data = await this.data(fileId);
        if (!data)
          throw new KithError('not_found', {
            message: 'This file is no longer on this device. Attach it again.',
          });
        const transport = await load();
        signal.throwIfAborted();
        const fresh = this.#untold.delete(fileId);
        const { conversationId } = job.batch;
        const progress = (sent: number): void => {
          item.sent = sent;
          this.#tell(job, item);
        };
        const request = { url, token, fileId, mime, data, fresh, signal, conversationId, progress };
        await this.#attempt(transport, request, silences);
        item.sent = data.size;
        return await this.#checked(item, signal);
      } catch (cause) {
        signal.throwIfAborted();
        if (cause === LINE_IS_BACK) {
          failures = 0;
          continue;
        }
        if (cause === SILENCE) silences++;
        const error = asKithError(cause);
        if (!error.retryable) throw error;
        // A line that drops again and again, but brings something each time, is not slowed down for it.
        failures = item.sent > before ? 1 : failures + 1;
        await this.#wait(backoff(failures, this.#deps.random(), error.retryAfterMs), signal);
      }
    }
  }

  /** Given up when nothing moves for too long. @throws KithError `unavailable` then; what `signal` says when it was that. */
  async #attempt(transport: Transport, request: TransferRequest, silences: number): Promise<void> {
    const { signal, progress } = request;
    const abort = new AbortController();
    const attempt: Attempt = { abort, moved: false };
    const stop = (): void => abort.abort(signal.reason);
    const watch = (): (() => void) =>
      this.#deps.clock.after(SILENT_MS * 2 ** Math.min(silences, LONGER), () => abort.abort(SILENCE));
    let unwatch = watch();
    signal.addEventListener('abort', stop);
    this.#attempts.add(attempt);
    try {
      await transport.bring({
        ...request,
        signal: abort.signal,
        progress: (sent) => {
          if (abort.signal.aborted) return;
          attempt.moved = true;
          unwatch();
          unwatch = watch();
          progress(sent);
        },
      });
    } finally {
      unwatch();
      signal.removeEventListener('abort', stop);
      this.#attempts.delete(attempt);
    }
  }

  /** Until the server has looked at it. */
  async #checked(item: Item, signal: AbortSignal): Promise<void> {
    const { fileId, size } = item.file;
    for (let asked = 0; ; asked++) {
      const { uploads } = await this.#deps.request('getUploads', { fileIds: [fileId] });
      signal.throwIfAborted();
      const [state] = uploads;
      // Swept meanwhile, or never there: begun anew.
      if (!state || state.state === 'uploading') throw new KithError('not_ready');
      if (state.state === 'ready') return;
      if (state.state === 'refused') throw new KithError('file_refused', { message: state.reason });
      this.#transfers.set(fileId, { type: 'checking', size });
      await this.#wait(ASK_MS[Math.min(asked, ASK_MS.length - 1)] ?? 0, signal);
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = this.#deps.clock.after(ms, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** One that failed fails the message; when all are there, it can go. */
  #settle(job: Job): void {
    if (this.#jobs.get(job.batch.messageId) !== job) return;
    const failed = job.items.find(({ state }) => state.type === 'failed')?.state;
    if (failed?.type === 'failed') {
      this.#jobs.delete(job.batch.messageId);
      this.#stop(job);
      for (const { file } of job.items) this.#transfers.set(file.fileId, undefined);
      job.done.reject(failed.error);
    } else if (job.items.every(({ state }) => state.type === 'done')) job.done.resolve();
  }

  #tell(job: Job, { file: { fileId, size }, state, sent }: Item): void {
    if (this.#jobs.get(job.batch.messageId) !== job) return;
    if (state.type === 'failed') return;
    if (state.type === 'done') this.#transfers.set(fileId, undefined);
    else if (job.paused) this.#transfers.set(fileId, { type: 'paused', sent, size });
    else {
      const type = state.type === 'running' && this.#live ? 'sending' : 'waiting';
      this.#transfers.set(fileId, { type, sent, size });
    }
  }
}
