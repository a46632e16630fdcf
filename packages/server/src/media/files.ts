/**
 * The life of a file: begun, filled, looked at, used by messages, forgotten. Its row says where it stands (store/files.ts), its
 * bytes lie in the vault; every step survives the end of the node that does it, because the next one, on any node, is found by
 * the rows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KithError, limits, newId, type UploadLimits, type UploadState } from '@kith/protocol';
import type { Logger } from '../logger.ts';
import { type Database, type Db, toKithError } from '../store/database.ts';
import {
  type FileRow,
  type Findings,
  findFile,
  holdPerson,
  insertFile,
  limitsOf,
  ownFiles,
  setFileState,
  touchFile,
  usageOf,
} from '../store/files.ts';
import type { Somebody } from '../store/users.ts';
import type { Fence } from './byteStore.ts';
import { createHousekeeping, type Housekeeping } from './housekeeping.ts';
import type { Inspector } from './inspect/inspector.ts';
import { createTurns } from './inspect/turns.ts';
import { inWords, mayBegin, takenByBoth } from './limits.ts';
import { keepAnew, patched } from './rewriting.ts';
import { placeOf, type Vault, type VaultPlace } from './vault.ts';

export interface NewUpload {
  readonly id: string;
  readonly size: number;
  /** What it is said to be; looked at anew when it is there. */
  readonly mime?: string | undefined;
  /** Where it is to be sent, for what is taken there. */
  readonly conversationId?: string | undefined;
  /** Encrypted by its sender. */
  readonly opaque: boolean;
}

/** An upload of somebody's own, under way. */
export interface Upload {
  readonly size: number;
  /** Bytes that are surely kept. */
  readonly offset: number;
}

/** What may be uploaded, or sent in a conversation: all that is said of it, put together. Bytes; absent: no bound. */
export interface EffectiveLimits {
  readonly fileBytes: number;
  readonly quotaBytes?: number | undefined;
  readonly types?: readonly string[] | undefined;
}

export interface Files extends Omit<Housekeeping, 'ended'> {
  /** By the configuration, the tenant and, where one is named, the conversation; as `db`, a transaction perhaps, sees them. */
  limitsIn(db: Db, tenantId: number, conversationId?: string): Promise<EffectiveLimits>;
  limits(person: Somebody, conversationId?: string): Promise<UploadLimits>;
  /**
   * Begins an upload; the same one again goes on (S7). @throws KithError too_large, limit_reached, file_refused (a type that is
   * not taken), conflict (the id is taken).
   */
  begin(person: Somebody, upload: NewUpload): Promise<Upload>;
  /** One that is all there, and was not said to be, is completed by that. @throws KithError not_found. */
  upload(person: Somebody, id: string): Promise<Upload>;
  /** Goes on at `at`; resolves to how far it has come. What came before the line dropped is kept. */
  append(
    person: Somebody,
    id: string,
    at: number,
    chunks: AsyncIterable<Uint8Array>,
    fence?: Fence,
  ): Promise<number>;
  /** All bytes are there: looks at them. Resolves when that is done, or after a moment, and then it goes on by itself. */
  complete(person: Somebody, id: string): Promise<void>;
  states(person: Somebody, ids: readonly string[]): Promise<UploadState[]>;
  /** The bytes of a file that is ready. */
  readonly vault: Pick<Vault, 'read' | 'link'>;
  close(): Promise<void>;
}

export interface FilesOptions {
  readonly database: Pick<Database, 'db'>;
  readonly vault: Vault;
  readonly inspector: Inspector;
  /** Where a tenant has none of its own. */
  readonly fileLimits: EffectiveLimits;
  readonly logger?: Logger | undefined;
}

/** Whoever sends the last bytes hears nothing for so long while they are looked at; most pictures take less. */
const PATIENCE_MS = 2_000;
/** Files looked at side by side on this node; what they decode is bounded by the inspector. */
const INSPECTIONS = 3;
/** Of one person's: a place is left for whoever comes while hundreds of theirs wait. */
const INSPECTIONS_OF_ONE = 2;
/** Well within the time after which another node takes a check over. */
const TOUCH_MS = 20_000;

export function createFiles({ database: { db }, vault, inspector, fileLimits, logger }: FilesOptions): Files {
  const ending = new AbortController();
  /** What is looked at here, by tenant and id. */
  const inspections = new Map<string, Promise<boolean>>();
  const turns = createTurns(INSPECTIONS, Number.POSITIVE_INFINITY, INSPECTIONS_OF_ONE);
  /** What is being completed here: whoever asks how far it has come does not do it a second time beside. */
  const completions = new Map<string, Promise<void>>();

  const limitsIn: Files['limitsIn'] = async (within, tenantId, conversationId) => {
    const { tenant, conversation } = await limitsOf(within, tenantId, conversationId);
    return {
      fileBytes: Math.min(
        tenant.fileBytes ?? fileLimits.fileBytes,
        conversation.fileBytes ?? Number.POSITIVE_INFINITY,
      ),
      quotaBytes: tenant.quotaBytes ?? fileLimits.quotaBytes,
      // A conversation is narrower than all of the service, never wider: who has one is not who runs it.
      types: takenByBoth(tenant.types ?? fileLimits.types, conversation.types),
    };
  };

  const own = async ({ tenantId, userId }: Somebody, id: string): Promise<FileRow> => {
    const row = await findFile(db, tenantId, id);
    // Whose it is, is nobody else's to know.
    if (!row || row.owner_id !== userId || row.made) throw new KithError('not_found');
    return row;
  };

  const offsetOf = async (row: FileRow): Promise<number> =>
    row.state === 'uploading' ? ((await vault.length(placeOf(row))) ?? 0) : row.size;

  const begin = async (person: Somebody, upload: NewUpload): Promise<Upload> => {
    const { id, size } = upload;
    const { fileBytes, quotaBytes, types } = await limitsIn(db, person.tenantId, upload.conversationId);
    if (size > fileBytes)
      throw new KithError('too_large', {
        message: `The file is too large: ${inWords(size)}, and at most ${inWords(fileBytes)} are taken.`,
      });
    if (!upload.opaque && upload.mime !== undefined && !mayBegin(types, upload.mime, size))
      throw new KithError('file_refused', { message: 'Files of this kind are not taken here.' });
    const place = vault.newPlace();
    const known = await db.transaction().execute(async (trx) => {
      await holdPerson(trx, person);
      const earlier = await findFile(trx, person.tenantId, id);
      if (earlier) return earlier;
      const used = await usageOf(trx, person);
      if (quotaBytes !== undefined && used.bytes + size > quotaBytes)
        throw new KithError('limit_reached', {
          message: `There is no room for it: ${inWords(used.bytes)} of your ${inWords(quotaBytes)} are used.`,
        });
      if (used.unused >= limits.openUploads)
        throw new KithError('limit_reached', { message: 'Too many uploads wait to be sent.' });
      await insertFile(trx, {
        tenant_id: person.tenantId,
        id,
        owner_id: person.userId,
        size,
        opaque: upload.opaque,
        made: false,
        object: place.key,
        secret: place.secret,
        state: 'uploading',
      });
      return null;
    });
    if (!known) return { size, offset: 0 };
    const isOwn = known.owner_id === person.userId && !known.made;
    // It weighs nothing any more, so its size says nothing.
    if (isOwn && known.state === 'refused')
      throw new KithError('file_refused', {
        ...(known.findings?.reason && { message: known.findings.reason }),
      });
    // What was changed when it was looked at has another size than what was sent, and all of that was there.
    if (isOwn && known.state === 'ready') return { size, offset: size };
    if (!isOwn || known.size !== size) throw new KithError('conflict', { message: 'This file id is taken.' });
    return { size, offset: await offsetOf(known) };
  };

  const complete = async (person: Somebody, id: string): Promise<void> => {
    let row = await own(person, id);
    if (row.state === 'uploading') {
      await finishOnce(row);
      row = await own(person, id);
    }
    if (row.state === 'checking')
      await Promise.race([inspect(row), sleep(PATIENCE_MS, undefined, { ref: false })]);
  };

  const finishOnce = (row: FileRow): Promise<void> => {
    const known = completions.get(row.object);
    if (known) return known;
    const completion = finish(row).finally(() => completions.delete(row.object));
    completions.set(row.object, completion);
    return completion;
  };

  const finish = async (row: FileRow): Promise<void> => {
    const place = placeOf(row);
    if (row.size > 0) await vault.finish(place);
    if (((await vault.length(place)) ?? 0) !== row.size) throw new KithError('not_ready');
    await setFileState(db, row, 'uploading', { state: 'checking' });
  };

  /** Looks at a file once here, however often it is asked for. Resolves to whether it is judged now; never rejects. */
  const inspect = (row: FileRow): Promise<boolean> => {
    const key = `${row.tenant_id} ${row.id}`;
    const known = inspections.get(key);
    if (known) return known;
    const inspection = turns
      .take(() => judge(row), { signal: ending.signal, whose: `${row.tenant_id} ${row.owner_id}` })
      // The service stops: another node looks at it.
      .catch(() => false)
      .finally(() => inspections.delete(key));
    inspections.set(key, inspection);
    return inspection;
  };

  const judge = async (row: FileRow): Promise<boolean> => {
    const alive = setInterval(() => {
      touchFile(db, row).catch((err: unknown) => logger?.warn({ err }, 'a check could not be marked'));
    }, TOUCH_MS).unref();
    try {
      await settle(row, await findingsOf(row));
      return true;
    } catch (thrown) {
      if (ending.signal.aborted) return false;
      const error = toKithError(thrown);
      if (error instanceof KithError && error.code !== 'file_refused') {
        // The scanner, the store or the database is away: the file is held, and looked at again.
        logger?.warn({ err: error, fileId: row.id }, 'a file could not be checked yet');
        return false;
      }
      if (!(error instanceof KithError))
        logger?.error({ err: error, fileId: row.id }, 'a file was refused for an error');
      await refuse(row, error instanceof KithError ? error.message : 'The file could not be looked at.');
      return true;
    } finally {
      clearInterval(alive);
    }
  };

  interface Judged {
    readonly findings: Findings;
    /** In place of the bytes. */
    readonly kept?: { readonly place: VaultPlace; readonly size: number };
  }

  const findingsOf = async (row: FileRow): Promise<Judged> => {
    if (row.opaque) return { findings: { mime: 'application/octet-stream' } };
    const place = placeOf(row);
    const { thumbnail, replacement, patches, ...found } = await inspector.inspect({
      size: row.size,
      read: (from, to) => vault.read(place, from, to),
      signal: ending.signal,
    });
    const small = thumbnail && (await keepThumbnail(row, thumbnail));
    const kept = replacement
      ? { place: await keep(once(replacement.bytes)), size: replacement.bytes.length }
      : patches && {
          place: await keep(patched(await vault.read(place, 0, row.size), patches)),
          size: row.size,
        };
    return {
      findings: {
        ...found,
        ...(replacement && { mime: replacement.mime }),
        ...(small && { thumbnail: small }),
      },
      ...(kept && { kept }),
    };
  };

  const keep = (chunks: AsyncIterable<Uint8Array>): Promise<VaultPlace> => keepAnew(vault, chunks);

  const keepThumbnail = async (
    { tenant_id, owner_id }: FileRow,
    { bytes, width, height }: { readonly bytes: Buffer; readonly width: number; readonly height: number },
  ): Promise<NonNullable<Findings['thumbnail']>> => {
    const place = await keep(once(bytes));
    const id = newId();
    const findings = { mime: 'image/webp', width, height };
    await insertFile(db, {
      tenant_id,
      id,
      owner_id,
      size: bytes.length,
      opaque: false,
      made: true,
      object: place.key,
      secret: place.secret,
      state: 'ready',
      findings,
    });
    return { fileId: id, size: bytes.length, ...findings };
  };

  const settle = async (row: FileRow, { findings, kept }: Judged): Promise<void> => {
    const settled = await setFileState(db, row, 'checking', {
      state: 'ready',
      findings,
      ...(kept && { size: kept.size, object: kept.place.key, secret: kept.place.secret }),
    });
    // What is not needed any more: the bytes as they were; or, when another node was quicker, those made here.
    if (kept) await vault.remove(settled ? placeOf(row) : kept.place);
  };

  const refuse = async (row: FileRow, reason: string): Promise<void> => {
    try {
      const refused = await setFileState(db, row, 'checking', {
        state: 'refused',
        size: 0,
        findings: { mime: 'application/octet-stream', reason },
      });
      if (refused) await vault.remove(placeOf(row));
    } catch (err) {
      logger?.warn({ err, fileId: row.id }, 'a refused file could not be put away yet');
    }
  };

  const housekeeping = createHousekeeping({
    database: { db },
    vault,
    inspect,
    signal: ending.signal,
    logger,
  });

  return {
    limitsIn,
    limits: async (person, conversationId) => {
      const { fileBytes, quotaBytes, types } = await limitsIn(db, person.tenantId, conversationId);
      const { bytes: usedBytes } = await usageOf(db, person);
      return {
        fileBytes,
        usedBytes,
        messageFiles: limits.messageFiles,
        ...(quotaBytes !== undefined && { quotaBytes }),
        ...(types && { types: [...types] }),
      };
    },
    begin,
    upload: async (person, id) => {
      const row = await own(person, id);
      const offset = await offsetOf(row);
      // Its last bytes came, and what follows them failed, or the node ended: whoever asks would send nothing any more.
      if (row.state === 'uploading' && offset === row.size) await complete(person, id);
      return { size: row.size, offset };
    },
    append: async (person, id, at, chunks, fence) => {
      const row = await own(person, id);
      if (row.state !== 'uploading') throw new KithError('conflict', { message: 'This upload has ended.' });
      await touchFile(db, row);
      return vault.append(placeOf(row), at, chunks, fence);
    },
    complete,
    giveUp: housekeeping.giveUp,
    states: async (person, ids) => {
      const rows = await ownFiles(db, person, ids);
      return rows.filter((row) => !row.made).map(toState);
    },
    vault,
    start: housekeeping.start,
    nudge: housekeeping.nudge,
    sweep: housekeeping.sweep,
    sweepOrphans: housekeeping.sweepOrphans,
    rewrap: housekeeping.rewrap,
    close: async () => {
      ending.abort();
      await inspector.close();
      await housekeeping.ended();
      await Promise.all(inspections.values());
    },
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function toState({ id, size, state, findings }: FileRow): UploadState {
  switch (state) {
    case 'ready': {
      const { reason: _reason, ...found } = findings ?? { mime: 'application/octet-stream' };
      return { state, fileId: id, size, ...found };
    }
    case 'refused':
      return { state, fileId: id, size, reason: findings?.reason ?? 'This file cannot be sent.' };
    default:
      return { state, fileId: id, size };
  }
}
