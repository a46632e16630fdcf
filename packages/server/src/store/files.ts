/** Files: the rows of `files`, and of `file_uses`, which say what messages have them. */
import type { FileKind, FileRules, Thumbnail } from '@kith/protocol';
import { sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import { bufferOf } from './objects.ts';
import type { FilesTable, Schema } from './schema.ts';
import type { Somebody } from './users.ts';

/** What was found in the bytes of a file; `reason`: why it can never be sent. */
export interface Findings {
  readonly mime: string;
  readonly width?: number;
  readonly height?: number;
  readonly duration?: number;
  readonly placeholder?: string;
  readonly animated?: true;
  readonly thumbnail?: Thumbnail;
  readonly reason?: string;
}

/** What one may upload at a tenant, where it is not as the configuration says. */
export interface FileLimits extends FileRules {
  readonly quotaBytes?: number;
}

export interface FileRow
  extends Pick<
    FilesTable,
    'tenant_id' | 'id' | 'owner_id' | 'size' | 'opaque' | 'made' | 'object' | 'state'
  > {
  readonly secret: Buffer | null;
  readonly findings: Findings | null;
  readonly used: boolean;
}

export type NewFile = Pick<
  FileRow,
  'tenant_id' | 'id' | 'owner_id' | 'size' | 'opaque' | 'made' | 'object' | 'secret' | 'state'
> & { readonly findings?: Findings };

/** In which files are held until what uses them is written. */
export type FilesTransaction = Transaction<Schema>;

const columns = [
  'tenant_id',
  'id',
  'owner_id',
  'size',
  'opaque',
  'made',
  'object',
  'secret',
  'state',
  'findings',
  'used',
] as const;

const toRow = <Row extends { readonly secret: Uint8Array | null }>(
  row: Row,
): Omit<Row, 'secret'> & { readonly secret: Buffer | null } => ({
  ...row,
  secret: row.secret && bufferOf(row.secret),
});

export async function insertFile(db: Db, { findings, ...file }: NewFile): Promise<void> {
  await db
    .insertInto('files')
    .values({ ...file, findings: findings ? JSON.stringify(findings) : null })
    .execute();
}

export async function findFile(db: Db, tenantId: number, id: string): Promise<FileRow | null> {
  const row = await db
    .selectFrom('files')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toRow(row) : null;
}

export async function ownFiles(
  db: Db,
  { tenantId, userId }: Somebody,
  ids: readonly string[],
): Promise<FileRow[]> {
  const rows = await db
    .selectFrom('files')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', userId)
    .where(sql<boolean>`id = any (${[...ids]}::uuid[])`)
    .execute();
  return rows.map(toRow);
}

/** What a person has uploaded: bytes of all of it, and how many files nothing uses yet. */
export async function usageOf(
  db: Db,
  { tenantId, userId }: Somebody,
): Promise<{ readonly bytes: number; readonly unused: number }> {
  const { bytes, unused } = await db
    .selectFrom('files')
    .select(({ fn }) => [
      sql<number>`coalesce(${fn.sum('size')}, 0)::bigint`.as('bytes'),
      fn.countAll<number>().filterWhere('used', '=', false).as('unused'),
    ])
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', userId)
    .where('made', '=', false)
    .executeTakeFirstOrThrow();
  return { bytes: Number(bytes), unused: Number(unused) };
}

/** One person's uploads begin one after the other: each counts those before it. */
export async function holdPerson(trx: FilesTransaction, { tenantId, userId }: Somebody): Promise<void> {
  await trx
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .execute();
}

/** The limits of a tenant and, where one is named, of a conversation, as far as they have any. */
export async function limitsOf(
  db: Db,
  tenantId: number,
  conversationId?: string,
): Promise<{ readonly tenant: FileLimits; readonly conversation: FileRules }> {
  const row = await db
    .selectFrom('tenants as t')
    .leftJoin('conversations as c', (join) =>
      join
        .onRef('c.tenant_id', '=', 't.id')
        .on('c.id', '=', conversationId ?? '00000000-0000-0000-0000-000000000000'),
    )
    .select(['t.file_limits as tenant', 'c.file_rules as conversation'])
    .where('t.id', '=', tenantId)
    .executeTakeFirst();
  return { tenant: row?.tenant ?? {}, conversation: row?.conversation ?? {} };
}

type StateChange = Partial<Pick<FileRow, 'size' | 'object' | 'secret'>> & {
  readonly state: FileRow['state'];
  readonly findings?: Findings;
};

/** From one state to the next; false when it is not in the former any more. */
export async function setFileState(
  db: Db,
  { tenant_id, id }: Pick<FileRow, 'tenant_id' | 'id'>,
  from: FileRow['state'],
  { findings, ...change }: StateChange,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('files')
    .set({ ...change, ...(findings && { findings: JSON.stringify(findings) }), since: new Date() })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .where('state', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** It is still wanted, or still being looked at. */
export async function touchFile(db: Db, { tenant_id, id }: Pick<FileRow, 'tenant_id' | 'id'>): Promise<void> {
  await db
    .updateTable('files')
    .set({ since: new Date() })
    .where('tenant_id', '=', tenant_id)
    .where('id', '=', id)
    .execute();
}

/** Files that are to be used by a message, held until it is written: no sweep takes them meanwhile. */
export async function holdFiles(
  trx: FilesTransaction,
  tenantId: number,
  ids: readonly string[],
): Promise<FileRow[]> {
  const rows = await trx
    .selectFrom('files')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${[...ids]}::uuid[])`)
    // In order, so that two messages with the same files never wait for each other in a circle.
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toRow);
}

export interface FileUse {
  readonly fileId: string;
  readonly kind: FileKind | null;
}

/** Writes down that a message has these files; `seq` null: it is sent later. */
export async function useFiles(
  trx: FilesTransaction,
  { tenantId, conversationId, messageId }: MessageKey,
  uses: readonly FileUse[],
  seq: number | null,
): Promise<void> {
  if (uses.length === 0) return;
  await trx
    .insertInto('file_uses')
    .values(
      uses.map(({ fileId, kind }) => ({
        tenant_id: tenantId,
        conversation_id: conversationId,
        message_id: messageId,
        file_id: fileId,
        kind,
        seq,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'conversation_id', 'message_id', 'file_id']).doUpdateSet((eb) => ({
        kind: eb.ref('excluded.kind'),
        // What was sent is not unsent by being planned once more.
        seq: eb.fn.coalesce('excluded.seq', 'file_uses.seq'),
      })),
    )
    .execute();
  await trx
    .updateTable('files')
    .set({ used: true })
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${uses.map(({ fileId }) => fileId)}::uuid[])`)
    .where('used', '=', false)
    .execute();
}

export interface MessageKey {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly messageId: string;
}

/** These messages have no files any more. What no other message has is let go, and is swept at the next round. */
export async function letFilesGo(
  trx: FilesTransaction,
  tenantId: number,
  conversationId: string,
  messageIds: readonly string[],
): Promise<void> {
  const ended = await trx
    .deleteFrom('file_uses')
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where(sql<boolean>`message_id = any (${[...messageIds]}::uuid[])`)
    .returning('file_id')
    .execute();
  await letGo(trx, tenantId, ended);
}

/** The same for a message that was to be sent and will not be; one that was sent keeps its files. */
export async function letUnsentFilesGo(
  trx: FilesTransaction,
  tenantId: number,
  conversationId: string,
  messageId: string,
): Promise<void> {
  const ended = await trx
    .deleteFrom('file_uses')
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('message_id', '=', messageId)
    .where('seq', 'is', null)
    .returning('file_id')
    .execute();
  await letGo(trx, tenantId, ended);
}

async function letGo(
  trx: FilesTransaction,
  tenantId: number,
  ended: readonly { readonly file_id: string }[],
): Promise<void> {
  if (ended.length === 0) return;
  // Held first: two messages deleted at once would each see the other's use and let nothing go.
  const ids = [...new Set(ended.map((row) => row.file_id))];
  await holdFiles(trx, tenantId, ids);
  await trx
    .updateTable('files')
    .set({ used: false, since: new Date(0) })
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('file_uses as u')
            .select('u.file_id')
            .whereRef('u.tenant_id', '=', 'files.tenant_id')
            .whereRef('u.file_id', '=', 'files.id'),
        ),
      ),
    )
    .execute();
}

/** A file of a message; `sent`: or of one that is to be sent. */
export async function fileOfMessage(
  db: Db,
  { tenantId, conversationId, messageId }: MessageKey,
  fileId: string,
): Promise<(FileRow & { readonly sent: boolean }) | null> {
  const row = await db
    .selectFrom('file_uses as u')
    .innerJoin('files as f', (join) =>
      join.onRef('f.tenant_id', '=', 'u.tenant_id').onRef('f.id', '=', 'u.file_id'),
    )
    .select(columns.map((column) => `f.${column}` as const))
    .select('u.seq')
    .where('u.tenant_id', '=', tenantId)
    .where('u.conversation_id', '=', conversationId)
    .where('u.message_id', '=', messageId)
    .where('u.file_id', '=', fileId)
    .executeTakeFirst();
  if (!row) return null;
  const { seq, ...file } = row;
  return { ...toRow(file), sent: seq !== null };
}

/** Files whose check ended with its node: claimed, so that one node goes on with each. */
export async function claimUnchecked(db: Db, before: Date, atMost: number): Promise<FileRow[]> {
  const rows = await db
    .updateTable('files')
    .set({ since: new Date() })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('tenant_id', 'id'),
        'in',
        selectFrom('files as f')
          .select(['f.tenant_id', 'f.id'])
          .where('f.state', '=', 'checking')
          .where('f.since', '<', before)
          .orderBy('f.since')
          .limit(atMost)
          .forUpdate()
          .skipLocked()
          .$asTuple('tenant_id', 'id'),
      ),
    )
    .where('state', '=', 'checking')
    .returning(columns)
    .execute();
  return rows.map(toRow);
}

export type GoneFile = Pick<FileRow, 'tenant_id' | 'id' | 'object' | 'secret'>;

/**
 * Files that nothing has used since `before`, at most so many. Each is given an id that nobody knows, so that no message can take
 * it while its bytes are removed; `forgetFile` ends it. One that is not forgotten until `before` is `again` comes again.
 */
export async function claimGone(
  trx: FilesTransaction,
  before: Date,
  again: Date,
  atMost: number,
): Promise<GoneFile[]> {
  // What is being taken into use is held, and passed over.
  const held = await trx
    .selectFrom('files')
    .select('object')
    .where('used', '=', false)
    .where('since', '<', before)
    .orderBy('since')
    .limit(atMost)
    .forUpdate()
    .skipLocked()
    .execute();
  return claim(
    trx,
    held.map(({ object }) => object),
    again,
  );
}

/** The same for an upload of one's own that nothing uses; null: there is none. */
export async function claimOwn(
  trx: FilesTransaction,
  { tenantId, userId }: Somebody,
  id: string,
  again: Date,
): Promise<GoneFile | null> {
  const held = await trx
    .selectFrom('files')
    .select('object')
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', userId)
    .where('id', '=', id)
    .where('made', '=', false)
    .where('used', '=', false)
    .forUpdate()
    .executeTakeFirst();
  if (!held) return null;
  const [gone] = await claim(trx, [held.object], again);
  return gone ?? null;
}

/** `objects` are held by `trx`. */
async function claim(trx: FilesTransaction, objects: readonly string[], again: Date): Promise<GoneFile[]> {
  if (objects.length === 0) return [];
  await sql`
    delete from transcodes t using files f
    where f.object = any (${objects}::text[]) and t.tenant_id = f.tenant_id and t.file_id = f.id`.execute(
    trx,
  );
  const { rows } = await sql<GoneFile>`
    update files set id = gen_random_uuid(), state = 'refused', size = 0, since = ${again}
    where object = any (${objects}::text[])
    returning tenant_id, id, object, secret`.execute(trx);
  return rows.map(toRow);
}

/** Its bytes are gone. */
export async function forgetFile(
  db: Db,
  { tenant_id, id }: Pick<GoneFile, 'tenant_id' | 'id'>,
): Promise<void> {
  await db.deleteFrom('files').where('tenant_id', '=', tenant_id).where('id', '=', id).execute();
}
