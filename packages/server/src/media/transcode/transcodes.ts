/**
 * Films that not every browser plays: some time after one was sent, the server makes an MP4 of it, a file of its own, and says so in
 * the messages that have the film. What is to be done stands in rows (store/transcodes.ts), written with the message; a node claims
 * one film at a time, for as long as it goes on saying that it is at it, so that the end of a node loses nothing.
 */
import { KithError, type MessageFile, newId } from '@kith/protocol';
import type { ConversationLog, HeldConversation } from '../../log/change.ts';
import type { Logger } from '../../logger.ts';
import { type Database, toKithError } from '../../store/database.ts';
import {
  type FileRow,
  type FilesTransaction,
  type FileUse,
  findFile,
  holdFiles,
  type MessageKey,
  useFiles,
} from '../../store/files.ts';
import {
  askedFor,
  claimTranscode,
  dropMade,
  endTranscode,
  keepMade,
  planTranscodes,
  setTranscode,
  type TranscodeClaim,
  untoldMessages,
} from '../../store/transcodes.ts';
import { findPrograms } from '../inspect/programs.ts';
import { keepAnew } from '../rewriting.ts';
import { placeOf, type Vault } from '../vault.ts';
import { type Film, makePlayable, playsEverywhere } from './playable.ts';

export interface Transcodes {
  /** Whether it makes anything at all. */
  readonly able: boolean;
  /** In the transaction that writes a message. Resolves to whether there is something to do when it is written. */
  plan(trx: FilesTransaction, tenantId: number, uses: readonly FileUse[]): Promise<boolean>;
  /** Something was planned. Never throws, never waits. */
  nudge(): void;
  /** Begins to look for what other nodes left. */
  start(): void;
  /** Does all there is to do; the timer calls it. */
  round(now?: number): Promise<void>;
  /** Stops what is under way; another node, or the next start, does it. */
  close(): Promise<void>;
}

export interface TranscodesOptions {
  readonly database: Pick<Database, 'db'>;
  readonly vault: Vault;
  readonly conversationLog: ConversationLog;
  /** False: nothing is made, nor planned. */
  readonly enabled: boolean;
  /** Where `ffmpeg` is looked for; without it nothing is planned either. */
  readonly path?: string;
  readonly logger?: Logger;
  /** How often a node says that it is at a film, ms. */
  readonly aliveMs?: number;
}

/** A node that has not said for so long that it is at a film is taken to be gone. */
const LEASE_MS = 60_000;
/** Also how often somebody who waits for it sees it come on. */
const ALIVE_MS = 3_000;
const LOOK_MS = 15_000;
/** Whatever ended the first, a film that takes the program or the node with it does not get a third. */
const MOST_ATTEMPTS = 2;
const TOLD_AT_ONCE = 100;

/** For one who cannot go on: the claim is another's, or the film is gone. */
class Lost extends Error {
  override name = 'Lost';
}

export function createTranscodes({
  database: { db },
  vault,
  conversationLog,
  enabled,
  path = process.env['PATH'] ?? '',
  logger,
  aliveMs = ALIVE_MS,
}: TranscodesOptions): Transcodes {
  const programs = findPrograms(path);
  const able = enabled && programs.has('ffmpeg');
  const ending = new AbortController();

  /** What was made of a film, kept and written down. Null: there is nothing to be made. */
  const make = async (
    claim: TranscodeClaim,
    row: FileRow,
    signal: AbortSignal,
    told: (n: number) => void,
  ) => {
    const place = placeOf(row);
    const film: Film = {
      size: row.size,
      mime: row.findings?.mime ?? '',
      duration: row.findings?.duration,
      read: (from, to) => vault.read(place, from, to),
      signal,
    };
    if (await playsEverywhere(film)) return 'fine';
    const id = await makePlayable(film, { programs, told }, async ({ chunks, size, ...measures }) => {
      const kept = await keepAnew(vault, chunks);
      const file = {
        tenant_id: row.tenant_id,
        id: newId(),
        owner_id: row.owner_id,
        size,
        opaque: false,
        made: true,
        object: kept.key,
        secret: kept.secret,
        state: 'ready',
        findings: { mime: 'video/mp4', ...measures },
      } as const;
      const known = await keepMade(db, claim, file, new Date(Date.now() + LEASE_MS));
      if (known) return file.id;
      await vault.remove(kept);
      throw new Lost('The film was deleted meanwhile.');
    });
    return id === null ? 'failed' : { id };
  };

  /** Says it in every message that shows the film, also in those that come meanwhile; false: what was made is gone. */
  const tell = async (claim: TranscodeClaim, made: FileRow, signal: AbortSignal): Promise<boolean> => {
    for (;;) {
      const asked = await askedFor(db, claim);
      if (asked === null) throw new Lost('Another node has this film now.');
      for (let after: Omit<MessageKey, 'tenantId'> | null = null; ; ) {
        const page = await untoldMessages(db, claim, made.id, after, TOLD_AT_ONCE);
        for (const { conversationId, messageId } of page) {
          signal.throwIfAborted();
          const there = await conversationLog.change(claim.tenantId, conversationId, (held) =>
            attach(held, messageId, claim.fileId, made),
          );
          if (!there) return false;
        }
        after = page.at(-1) ?? null;
        if (page.length < TOLD_AT_ONCE) break;
      }
      // All messages that had the film were deleted: nothing is left behind.
      const unused = await dropMade(db, claim.tenantId, made.id);
      if (unused) await vault.remove({ key: unused.object, secret: null });
      if (await endTranscode(db, claim, asked)) return true;
    }
  };

  const publish = async (claim: TranscodeClaim, made: FileRow, signal: AbortSignal): Promise<void> => {
    if (await tell(claim, made, signal)) return;
    // Swept with the last message that had it, and another has come: from the beginning.
    await setTranscode(db, claim, { attempts: claim.attempts - 1, claimed_until: null });
  };

  const work = async (claim: TranscodeClaim): Promise<void> => {
    const lost = new AbortController();
    const signal = AbortSignal.any([ending.signal, lost.signal]);
    let progress = 0;
    const alive = setInterval(() => {
      logger?.debug({ fileId: claim.fileId, progress }, 'a film is being made playable');
      const claimed_until = new Date(Date.now() + LEASE_MS);
      setTranscode(db, claim, { claimed_until, progress }).then(
        (mine) => mine || lost.abort(new Lost('Another node has this film now, or it was deleted.')),
        (err: unknown) => logger?.warn({ err }, 'a node could not say that it is at a film'),
      );
    }, aliveMs).unref();
    try {
      await transcode(claim, signal, (come) => {
        progress = come;
      });
    } catch (error) {
      await giveBack(claim, error);
    } finally {
      clearInterval(alive);
    }
  };

  const transcode = async (
    claim: TranscodeClaim,
    signal: AbortSignal,
    told: (progress: number) => void,
  ): Promise<void> => {
    const { tenantId, fileId } = claim;
    const row = await findFile(db, tenantId, fileId);
    if (!row) return;
    const earlier = claim.madeId && (await findFile(db, tenantId, claim.madeId));
    if (earlier) return publish(claim, earlier, signal);
    if (claim.attempts > MOST_ATTEMPTS) {
      logger?.warn({ fileId }, 'a film was begun too often, and stays as it is');
      await setTranscode(db, claim, { state: 'failed', claimed_until: null });
      return;
    }
    const begun = performance.now();
    const result = await make(claim, row, signal, told);
    if (result === 'fine') {
      await setTranscode(db, claim, { state: 'fine', claimed_until: null });
    } else if (result === 'failed') {
      const over = claim.attempts >= MOST_ATTEMPTS;
      logger?.warn(
        { fileId, attempts: claim.attempts, over },
        'no film that all browsers play could be made',
      );
      await setTranscode(db, claim, { ...(over && { state: 'failed' }), claimed_until: null });
    } else {
      const seconds = Math.round((performance.now() - begun) / 1_000);
      logger?.info({ fileId, seconds, before: row.size }, 'a film was made playable');
      const made = await findFile(db, tenantId, result.id);
      if (made) await publish(claim, made, signal);
    }
  };

  /** It ended for no fault of the film: it counts as not begun. */
  const giveBack = async (claim: TranscodeClaim, thrown: unknown): Promise<void> => {
    if (thrown instanceof Lost) return;
    const error = toKithError(thrown);
    const closing = ending.signal.aborted;
    const passing = closing || (error instanceof KithError && error.retryable);
    if (!closing) logger?.warn({ err: error, fileId: claim.fileId }, 'a film could not be made playable yet');
    try {
      await setTranscode(db, claim, {
        ...(passing && { attempts: claim.attempts - 1 }),
        // What is away stays so for a while.
        claimed_until: closing ? null : new Date(Date.now() + LEASE_MS),
      });
    } catch (err) {
      logger?.warn({ err }, 'a film is tried again when its time is over');
    }
  };

  let running: Promise<void> | null = null;
  let again = false;

  const round = async (now?: number): Promise<void> => {
    while (able && !ending.signal.aborted) {
      const claim = await claimTranscode(db, now ?? Date.now(), LEASE_MS);
      if (!claim) return;
      await work(claim);
    }
  };

  const nudge = (): void => {
    if (!able || ending.signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    running = round()
      .catch((err: unknown) => {
        if (!ending.signal.aborted)
          logger?.warn({ err }, 'films to be made playable could not be looked for');
      })
      .finally(() => {
        running = null;
        if (!again) return;
        again = false;
        nudge();
      });
  };
  let timer: NodeJS.Timeout | undefined;

  return {
    able,
    plan: (trx, tenantId, uses) => {
      const films = uses.filter(({ kind }) => kind === 'video' || kind === 'round');
      if (!able || films.length === 0) return Promise.resolve(false);
      return planTranscodes(
        trx,
        tenantId,
        films.map(({ fileId }) => fileId),
      );
    },
    nudge,
    start: () => {
      if (!able) {
        if (enabled)
          logger?.info({}, 'ffmpeg is not installed: films that not every browser plays stay as they are');
        return;
      }
      timer ??= setInterval(nudge, LOOK_MS).unref();
      nudge();
    },
    round,
    close: async () => {
      clearInterval(timer);
      ending.abort();
      await running;
    },
  };
}

/** False: what was made is gone. */
async function attach(
  held: HeldConversation,
  messageId: string,
  fileId: string,
  made: FileRow,
): Promise<boolean> {
  const { tenant_id: tenantId, id: conversationId } = held.row;
  // Held, so that no sweep takes it before it is used.
  const [there] = await holdFiles(held.trx, tenantId, [made.id]);
  if (!there) return false;
  const message = await held.message(messageId);
  // Deleted meanwhile, or done by a repetition.
  if (message?.kind !== 'content' || message.attachment?.type !== 'files') return true;
  const { attachment } = message;
  const playable = { fileId: made.id, mime: 'video/mp4', size: made.size };
  const isIt = (file: MessageFile): boolean => file.fileId === fileId && file.playable === undefined;
  if (!attachment.files.some(isIt)) return true;
  const files = attachment.files.map((file) => (isIt(file) ? { ...file, playable } : file));
  await useFiles(
    held.trx,
    { tenantId, conversationId, messageId },
    [{ fileId: made.id, kind: null }],
    message.seq,
  );
  await held.setMessage(message, { attachment: JSON.stringify({ ...attachment, files }) });
  return true;
}
