/**
 * Own messages on their way. Each is written down before it is sent, sent in order within its conversation (the next
 * one after the former's acknowledgement), repeated with the same id until the server answers (S7), and kept on screen
 * until its record is there. It knows no socket: `request`, `handleLive`, `handleDown`, `handleRecords`.
 */
import type { Content, ConversationChange, Output } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { newId } from '@kith/protocol/ids';
import { asKithError } from './asKithError.ts';
import { backoff } from './backoff.ts';
import { Emitter } from './emitter.ts';
import type { Request } from './request.ts';
import type { FileToUpload, OutboxEntry } from './storage/storage.ts';
import type { Clock } from './types.ts';
import type { Uploads } from './uploads/uploads.ts';

export interface OutboxDeps {
  readonly owner: string;
  /** Who writes here. */
  me(): string;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** Resolve when written, or when it is certain that nothing can be written. */
  put(entry: OutboxEntry): Promise<void>;
  remove(entry: OutboxEntry): Promise<void>;
  /** The tab that has it to send is to hear that it must not. */
  discarded(entry: OutboxEntry): void;
  /** Brings the files of messages to the server. */
  readonly uploads: Pick<Uploads, 'keep' | 'begin' | 'again' | 'finish' | 'discard' | 'isPaused'>;
  /** These can no longer be sent, and are kept no longer: their words must reach the person. */
  unsent(conversationId: string, entries: readonly OutboxEntry[]): void;
  /** The server has it, at this place. */
  acknowledged(entry: OutboxEntry, reply: Output<'sendMessage'>): void;
}

export type Sending =
  /** Written here, not acknowledged. */
  | { readonly type: 'pending'; readonly entry: OutboxEntry }
  /** Refused for good; waits for the person's decision. */
  | { readonly type: 'failed'; readonly entry: OutboxEntry; readonly error: KithError }
  /** Acknowledged; shown until its record comes. */
  | { readonly type: 'acknowledged'; readonly entry: OutboxEntry; readonly seq: number };

interface Lane {
  /** In the order of writing. */
  readonly items: Map<string, Sending>;
  /** One that is being sent, or waits to be repeated. */
  busy: boolean;
  failures: number;
  /** The message whose files are waited for. */
  waitingFor?: string | undefined;
  /** Raised when somebody gives the lane up, so that who held it stops. */
  turn: number;
}

/** A message the server fails on again and again must not hold back those behind it for ever. */
const INTERNAL_MAX = 6;

const idsOf = ({ files = [] }: OutboxEntry): string[] => files.map(({ fileId }) => fileId);

export type OutboxEvents = { changed: [conversationId: string] };

export class Outbox {
  readonly events = new Emitter<OutboxEvents>();
  readonly #deps: OutboxDeps;
  readonly #lanes = new Map<string, Lane>();
  readonly #conversationOf = new Map<string, string>();
  /** Entries being written. */
  readonly #writing = new Map<string, Promise<void>>();
  #live = false;
  /** Raised with each connection, so that what waits for an earlier one gives up. */
  #epoch = 0;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  send(
    conversationId: string,
    content: Content,
    { replyTo, thread, forward }: Pick<OutboxEntry, 'replyTo' | 'thread' | 'forward'> = {},
    files: readonly (FileToUpload & { readonly data: Blob })[] = [],
  ): OutboxEntry {
    const entry: OutboxEntry = {
      id: newId(),
      conversationId,
      authorId: this.#deps.me(),
      content,
      ...(replyTo && { replyTo }),
      ...(forward && { forward }),
      ...(thread && { thread }),
      ...(files.length > 0 && { files: files.map(({ data: _data, ...file }) => file) }),
      createdAt: new Date(this.#deps.clock.now()).toISOString(),
      owner: this.#deps.owner,
      state: 'pending',
    };
    if (files.length > 0) void this.#deps.uploads.keep(entry.id, files);
    this.#set({ type: 'pending', entry });
    this.#write(entry);
    void this.#upload(entry);
    this.#pump(conversationId);
    return entry;
  }

  /** An entry of this device: from the last run, or another tab's. */
  handleEntry(entry: OutboxEntry): void {
    if (entry.authorId !== this.#deps.me()) return;
    const known = this.get(entry.id);
    if (known?.type === 'acknowledged') return;
    this.#set(
      entry.state === 'failed'
        ? {
            type: 'failed',
            entry,
            error: entry.error ? KithError.fromWire(entry.error) : new KithError('internal'),
          }
        : { type: 'pending', entry },
    );
    void this.#upload(entry);
    this.#pump(entry.conversationId);
  }

  /** Another tab has sent or discarded it. */
  handleRemoved(id: string): void {
    const item = this.get(id);
    // An own one stays until its record or its acknowledgement is here.
    if (item && item.entry.owner !== this.#deps.owner) this.#delete(id);
  }

  /** It was discarded in another tab. */
  handleDiscarded(id: string): void {
    if (this.get(id)?.entry.owner === this.#deps.owner) this.discard(id);
  }

  /** Takes over what a closed tab left. */
  adopt(owner: string): void {
    for (const item of this.all()) {
      if (item.entry.owner !== owner || item.type === 'acknowledged') continue;
      const entry = { ...item.entry, owner: this.#deps.owner };
      this.#set({ ...item, entry });
      this.#write(entry);
      void this.#upload(entry);
      this.#pump(entry.conversationId);
    }
  }

  retry(id: string): void {
    const item = this.get(id);
    if (item?.type !== 'failed') return;
    const { error: _, paused: __, ...rest } = item.entry;
    // To the end of its lane: what was written after it has been sent already.
    this.#delete(id, false);
    const entry: OutboxEntry = { ...rest, owner: this.#deps.owner, state: 'pending' };
    this.#set({ type: 'pending', entry });
    this.#write(entry);
    if (item.error.code === 'not_found') this.#deps.uploads.again(id);
    void this.#upload(entry);
    this.#pump(entry.conversationId);
  }

  /** Its files go on, or stop: others pass it meanwhile. */
  handlePaused(id: string): void {
    const item = this.get(id);
    if (!item) return;
    const lane = this.#lanes.get(item.entry.conversationId);
    if (!lane) return;
    const isPaused = this.#deps.uploads.isPaused(id);
    const { paused: _, ...rest } = item.entry;
    const entry: OutboxEntry = { ...rest, ...(isPaused && { paused: true }) };
    this.#set({ ...item, entry });
    this.#write(entry);
    if (isPaused && lane.waitingFor === id) this.#giveUp(lane, entry);
    this.#pump(entry.conversationId);
  }

  /** Whether the message's turn has not come because the files of an earlier one are on their way. */
  waits({ type, entry: { id, conversationId, owner } }: Sending): boolean {
    const waitingFor = this.#lanes.get(conversationId)?.waitingFor;
    if (!this.#live || waitingFor === undefined || waitingFor === id) return false;
    return type === 'pending' && owner === this.#deps.owner && !this.#deps.uploads.isPaused(id);
  }

  /** What waits for the files of another message goes before it: that one steps to the end of its lane. */
  letPass(conversationId: string): void {
    const lane = this.#lanes.get(conversationId);
    const item = lane?.items.get(lane.waitingFor ?? '');
    if (!lane || !item) return;
    lane.items.delete(item.entry.id);
    lane.items.set(item.entry.id, item);
    this.#giveUp(lane, item.entry);
    this.#pump(conversationId);
  }

  discard(id: string): void {
    const item = this.get(id);
    if (!item || item.type === 'acknowledged') return;
    if (item.entry.owner !== this.#deps.owner) this.#deps.discarded(item.entry);
    this.#delete(id);
    this.#deps.uploads.discard(id, idsOf(item.entry));
    void this.#forget(item.entry);
  }

  handleLive(): void {
    this.#epoch++;
    this.#live = true;
    for (const [id, lane] of this.#lanes) {
      lane.busy = false;
      lane.failures = 0;
      this.#pump(id);
    }
  }

  handleDown(): void {
    this.#epoch++;
    this.#live = false;
    for (const [id, lane] of this.#lanes) {
      lane.busy = false;
      if (lane.waitingFor === undefined) continue;
      lane.waitingFor = undefined;
      this.events.emit('changed', id);
    }
  }

  /** A message that has come back as a record is sent, whether or not its reply ever comes. */
  handleRecords(records: readonly ConversationChange[]): void {
    if (this.#conversationOf.size === 0) return;
    for (const record of records) {
      if (record.type !== 'message') continue;
      const item = this.get(record.id);
      if (!item) continue;
      this.#delete(record.id);
      if (item.type !== 'acknowledged') void this.#forget(item.entry);
    }
  }

  /** The store knows everything up to this place: stand-ins up to there are no more needed. */
  handleReached(conversationId: string, seq: number): void {
    for (const item of this.of(conversationId)) {
      if (item.type === 'acknowledged' && item.seq <= seq) this.#delete(item.entry.id);
    }
  }

  /** The conversation is gone for this person. */
  handleGone(conversationId: string): void {
    const unsent: OutboxEntry[] = [];
    for (const item of this.of(conversationId)) {
      this.#delete(item.entry.id);
      if (item.type === 'acknowledged') continue;
      // Every tab hears of it; each speaks for its own.
      if (item.entry.owner === this.#deps.owner) unsent.push(item.entry);
      this.#deps.uploads.discard(item.entry.id, idsOf(item.entry));
      void this.#forget(item.entry);
    }
    if (unsent.length > 0) this.#deps.unsent(conversationId, unsent);
  }

  get(id: string): Sending | undefined {
    const conversationId = this.#conversationOf.get(id);
    return conversationId === undefined ? undefined : this.#lanes.get(conversationId)?.items.get(id);
  }

  /** What is on its way in a conversation, in order. */
  of(conversationId: string): readonly Sending[] {
    const lane = this.#lanes.get(conversationId);
    return lane ? [...lane.items.values()] : [];
  }

  all(): Sending[] {
    return [...this.#lanes.values()].flatMap((lane) => [...lane.items.values()]);
  }

  clear(): void {
    for (const item of this.all()) this.#delete(item.entry.id);
  }

  #pump(conversationId: string): void {
    const lane = this.#lanes.get(conversationId);
    if (!lane || lane.busy || !this.#live) return;
    for (const item of lane.items.values()) {
      if (item.type !== 'pending' || item.entry.owner !== this.#deps.owner) continue;
      if (item.entry.files && this.#deps.uploads.isPaused(item.entry.id)) continue;
      lane.busy = true;
      void this.#deliver(lane, item.entry, this.#epoch);
      return;
    }
  }

  async #deliver(lane: Lane, entry: OutboxEntry, epoch: number): Promise<void> {
    const { id, conversationId, content, replyTo, thread, forward } = entry;
    const { turn } = lane;
    try {
      await this.#writing.get(id);
      // Stopped while it was written down: others pass it.
      if (epoch === this.#epoch && entry.files && this.#deps.uploads.isPaused(id)) {
        lane.busy = false;
        return this.#pump(conversationId);
      }
      if (entry.files) {
        this.#setWaiting(lane, entry, true);
        try {
          await this.#upload(entry);
        } finally {
          if (epoch === this.#epoch && turn === lane.turn) this.#setWaiting(lane, entry, false);
        }
        if (turn !== lane.turn) return;
      }
      if (epoch !== this.#epoch) return;
      // Discarded, or its record came, while it was written down.
      if (this.get(id)?.type === 'pending') {
        const reply = await this.#deps.request('sendMessage', {
          conversationId,
          messageId: id,
          ...(forward ? { forward: forward.source } : { content }),
          ...(replyTo && { replyTo: replyTo.messageId }),
          ...(thread && { thread: thread.rootId, ...(thread.alsoSent && { alsoSend: true as const }) }),
        });
        this.#acknowledge(entry, reply);
      }
      lane.failures = 0;
    } catch (error) {
      // Sent anew by the next connection; or somebody else has the lane.
      if (epoch !== this.#epoch || turn !== lane.turn) return;
      if (!(await this.#refused(lane, entry, asKithError(error), epoch))) return;
    }
    if (epoch !== this.#epoch) return;
    lane.busy = false;
    this.#pump(conversationId);
  }

  #setWaiting(lane: Lane, { id, conversationId }: OutboxEntry, on: boolean): void {
    lane.waitingFor = on ? id : undefined;
    // Those behind it tell of it.
    if (lane.items.size > 1) this.events.emit('changed', conversationId);
  }

  /** Whoever waits for its files has the lane no more. */
  #giveUp(lane: Lane, entry: OutboxEntry): void {
    lane.turn++;
    lane.busy = false;
    this.#setWaiting(lane, entry, false);
  }

  /** Begins to bring its files to the server, before its turn comes. */
  #upload(entry: OutboxEntry): Promise<void> | undefined {
    const { id: messageId, conversationId, files, paused = false, owner } = entry;
    if (!files || owner !== this.#deps.owner || this.get(messageId)?.type !== 'pending') return undefined;
    return this.#deps.uploads.begin({ messageId, conversationId, files, paused });
  }

  #acknowledge(entry: OutboxEntry, reply: Output<'sendMessage'>): void {
    if (this.get(entry.id)) this.#set({ type: 'acknowledged', entry, seq: reply.seq });
    void this.#forget(entry);
    this.#deps.acknowledged(entry, reply);
  }

  /** Whether to go on with the lane, in this connection. */
  async #refused(lane: Lane, entry: OutboxEntry, error: KithError, epoch: number): Promise<boolean> {
    lane.failures++;
    if (error.retryable && (error.code !== 'internal' || lane.failures < INTERNAL_MAX)) {
      const delay = backoff(lane.failures, this.#deps.random(), error.retryAfterMs);
      await new Promise<void>((resolve) => this.#deps.clock.after(delay, resolve));
      return epoch === this.#epoch;
    }
    // The session ended: not the message's fault, it waits for the next one.
    if (error.code === 'unauthenticated' || error.code === 'session_revoked') return false;
    lane.failures = 0;
    if (this.get(entry.id)) {
      const failed: OutboxEntry = { ...entry, state: 'failed', error: error.toWire() };
      this.#set({ type: 'failed', entry: failed, error });
      this.#write(failed);
    }
    return true;
  }

  #set(item: Sending): void {
    const { id, conversationId } = item.entry;
    const lane = this.#lanes.get(conversationId) ?? {
      items: new Map<string, Sending>(),
      busy: false,
      failures: 0,
      turn: 0,
    };
    this.#lanes.set(conversationId, lane);
    this.#conversationOf.set(id, conversationId);
    const last = [...lane.items.keys()].at(-1);
    lane.items.set(id, item);
    // Ids are made in order of time: entries of other tabs and runs fall into place by them.
    if (last !== undefined && id < last && item.type === 'pending' && item.entry.owner !== this.#deps.owner) {
      const sorted = [...lane.items].sort(([a], [b]) => (a < b ? -1 : 1));
      lane.items.clear();
      for (const [key, value] of sorted) lane.items.set(key, value);
    }
    this.events.emit('changed', conversationId);
  }

  #delete(id: string, tell = true): void {
    const conversationId = this.#conversationOf.get(id);
    if (conversationId === undefined) return;
    this.#conversationOf.delete(id);
    const lane = this.#lanes.get(conversationId);
    lane?.items.delete(id);
    if (lane?.items.size === 0 && !lane.busy) this.#lanes.delete(conversationId);
    if (tell) this.events.emit('changed', conversationId);
  }

  #write(entry: OutboxEntry): void {
    const before = this.#writing.get(entry.id) ?? Promise.resolve();
    const writing = before
      .then(() => this.#deps.put(entry))
      .finally(() => {
        if (this.#writing.get(entry.id) === writing) this.#writing.delete(entry.id);
      });
    this.#writing.set(entry.id, writing);
  }

  async #forget(entry: OutboxEntry): Promise<void> {
    await this.#writing.get(entry.id);
    await this.#deps.remove(entry);
    if (entry.files) this.#deps.uploads.finish(entry.id, idsOf(entry));
  }
}
