/**
 * Pictures of people, from where their host says they are. They are fetched beside whatever named them, a few at a time, as links of
 * strangers are: a host is nobody's friend, and its address may lead anywhere. Apart from due work, which must not wait for servers
 * of others.
 */
import { createHash } from 'node:crypto';
import { blobBounds, KithError } from '@kith/protocol';
import { sql } from 'kysely';
import type { Blobs } from '../../blobs/blobs.ts';
import { createRounds } from '../../jobs/rounds.ts';
import type { Logger } from '../../logger.ts';
import { NotFetched, type Outside } from '../../previews/outside.ts';
import type { Somebody } from '../../store/users.ts';
import type { TenantsDb } from '../tenants/tables.ts';

export interface HostPictures {
  /** One was named: it is fetched soon. */
  nudge(): void;
  /** Fetches what is due; the timer calls it. */
  round(): Promise<void>;
  close(): Promise<void>;
}

export interface HostPicturesOptions {
  readonly db: TenantsDb;
  readonly blobs: Pick<Blobs, 'upload'>;
  readonly outside: Outside;
  /** Whether they may come without TLS, as the keys of hosts may. */
  readonly insecure: boolean;
  /** Shows it to everybody; null: none. */
  readonly show: (person: Somebody, blobId: string | null) => Promise<void>;
  readonly log: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}

/** Fetched at one moment, by a node. */
const AT_ONCE = 4;
const FETCH_MS = 10_000;
/** A claim holds so long, ms: a node that died in between is taken over from. */
const LEASE_MS = 60_000;
/** After a failure it is tried again then, ms; after the last one, when the host names another. */
const AGAIN_MS = [60_000, 10 * 60_000, 60 * 60_000] as const;

interface Claimed extends Somebody {
  readonly picture: string | null;
  readonly tries: number;
  /** Of what was found before. */
  readonly found: Uint8Array | null;
}

export function createHostPictures(options: HostPicturesOptions): HostPictures {
  const { db, blobs, outside, insecure, show, log, now = Date.now } = options;

  /** One of each tenant: a host whose server hangs keeps its own people waiting. Looked at again when a node waited for another. */
  const claim = async (): Promise<Claimed[]> => {
    const at = new Date(now());
    const { rows } = await sql<{
      tenant_id: number;
      user_id: string;
      picture: string | null;
      picture_tries: number;
      picture_sha256: Uint8Array | null;
    }>`
      update host_people set picture_due = ${new Date(now() + LEASE_MS)}, picture_tries = picture_tries + 1
      where picture_due <= ${at} and (tenant_id, sub) in (
        select tenant_id, sub from (
          select tenant_id, sub, picture_due,
            row_number() over (partition by tenant_id order by picture_due) as place
          from host_people where picture_due <= ${at}
        ) due where place = 1 order by picture_due limit ${AT_ONCE}
      )
      returning tenant_id, user_id, picture, picture_tries, picture_sha256`.execute(db);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      userId: row.user_id,
      picture: row.picture,
      tries: row.picture_tries,
      found: row.picture_sha256,
    }));
  };

  const rowOf = ({ tenantId, userId }: Somebody) =>
    db.updateTable('host_people').where('tenant_id', '=', tenantId).where('user_id', '=', userId);

  /** `at` null: done with. Unless the host has named another meanwhile, which is due already. */
  const settle = (claimed: Claimed, at: Date | null) =>
    rowOf(claimed)
      .set({ picture_due: at, ...(at === null && { picture_tries: 0 }) })
      .where('picture', 'is not distinct from', claimed.picture)
      .execute();

  const put = async (claimed: Claimed, blobId: string | null, sha256: Buffer | null): Promise<void> => {
    const row = await db
      .selectFrom('host_people')
      .select('picture')
      .where('tenant_id', '=', claimed.tenantId)
      .where('user_id', '=', claimed.userId)
      .executeTakeFirst();
    // The host has named another since, which may be shown already.
    if (row?.picture !== claimed.picture) return;
    await show(claimed, blobId);
    await rowOf(claimed).set({ picture_sha256: sha256 }).execute();
  };

  const fetchOne = async (claimed: Claimed): Promise<void> => {
    const { picture, found } = claimed;
    if (picture === null) return put(claimed, null, null);
    const { bytes } = await outside(picture, {
      accept: 'image/webp,image/png,image/jpeg,image/gif',
      isWanted: (type) => type.startsWith('image/'),
      mostBytes: blobBounds.avatar.bytes,
      longer: 'refuse',
      secure: !insecure,
      signal: AbortSignal.timeout(FETCH_MS),
    });
    const sha256 = createHash('sha256').update(bytes).digest();
    // Hosts sign their addresses anew each hour, and nobody need be told of that.
    if (found && sha256.equals(found)) return;
    const { id } = await blobs.upload(claimed, 'avatar', bytes);
    await put(claimed, id, sha256);
  };

  const doOne = async (claimed: Claimed): Promise<void> => {
    try {
      await fetchOne(claimed);
      await settle(claimed, null);
    } catch (error) {
      const { tenantId, userId, tries } = claimed;
      log.warn(
        { err: error, tenantId, userId, tries },
        'the picture of a person could not be taken from their host',
      );
      const wait = isFinal(error) ? undefined : AGAIN_MS[tries - 1];
      await settle(claimed, wait === undefined ? null : new Date(now() + wait));
    }
  };

  const rounds = createRounds({
    look: async (ended) => {
      for (;;) {
        const claimed = await claim();
        await Promise.all(claimed.map(doOne));
        if (claimed.length === 0 || ended.aborted) return;
      }
    },
    next: async () => {
      const row = await db
        .selectFrom('host_people')
        .select('picture_due')
        .where('picture_due', 'is not', null)
        .orderBy('picture_due')
        .limit(1)
        .executeTakeFirst();
      return row?.picture_due?.getTime() ?? null;
    },
    onError: (error) => log.warn({ err: error }, 'pictures of hosts could not be looked for'),
    now,
  });
  rounds.plan(now());
  return { nudge: () => rounds.plan(now()), round: rounds.round, close: rounds.close };
}

/** No trying again helps: it is no picture, too large, or somebody is gone. */
const isFinal = (error: unknown): boolean =>
  !(error instanceof NotFetched) &&
  error instanceof KithError &&
  ['bad_input', 'too_large', 'file_refused', 'unauthenticated', 'not_found'].includes(error.code);
