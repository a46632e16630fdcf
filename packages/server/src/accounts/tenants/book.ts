/**
 * What tenants may do, known to every node without asking: few have anything to say, and those are read together, when one of
 * them changes and every some seconds besides. Commands, preflights and handshakes look it up without waiting.
 */
import {
  type CommandName,
  KithError,
  type TenantFeature,
  type TenantQuota,
  tenantFeatures,
} from '@kith/protocol';
import { sql } from 'kysely';
import { type Bus, subjects } from '../../fanout/bus.ts';
import type { Logger } from '../../logger.ts';
import { demandFeatures } from '../../policy/features.ts';
import { createDays } from './days.ts';
import type { TenantsDb } from './tables.ts';

export interface TenantBook {
  /**
   * Before a command: null, where there is nothing to wait for, which is nearly always; else it may run when this resolves.
   * @throws KithError forbidden, limit_reached.
   */
  admit(tenantId: number, name: CommandName, input: unknown): Promise<void> | null;
  /** Whether pages of this origin may speak for people of any tenant; of this one. */
  knowsOrigin(origin: string): boolean;
  letsOrigin(tenantId: number, origin: string): boolean;
  quota(tenantId: number, quota: TenantQuota): number | null;
  /** After a change was committed: all nodes read anew, this one before it resolves. */
  changed(): Promise<void>;
  start(): Promise<void>;
  close(): void;
}

interface Page {
  readonly off: ReadonlySet<TenantFeature>;
  readonly quotas: Readonly<Partial<Record<TenantQuota, number>>>;
  readonly origins: ReadonlySet<string>;
}

/** A change that no node told of, by a command beside a running service, shows after this long. */
const EVERY_MS = 15_000;
/** Whoever has more tenants with wishes of their own runs several services. */
const TENANTS_MAX = 20_000;

export function createTenantBook({
  db,
  bus,
  log,
  now = Date.now,
}: {
  readonly db: TenantsDb;
  readonly bus: Bus;
  readonly log: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}): TenantBook {
  let pages: ReadonlyMap<number, Page> = new Map();
  let origins: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  const days = createDays(db, now);

  const read = async (): Promise<void> => {
    const rows = await db
      .selectFrom('tenants')
      .select(['id', 'origins', 'quotas', 'features'])
      .where('disabled_at', 'is', null)
      .where(sql<boolean>`(origins <> '{}' or quotas <> '{}' or features <> '{}')`)
      .limit(TENANTS_MAX)
      .execute();
    pages = new Map(
      rows.map((row) => [
        row.id,
        {
          off: new Set(tenantFeatures.filter((feature) => row.features[feature] === false)),
          quotas: row.quotas,
          origins: new Set(row.origins),
        },
      ]),
    );
    origins = new Set(rows.flatMap((row) => row.origins));
  };
  const readAgain = (): void => {
    read().catch((err: unknown) => log.warn({ err }, 'what tenants may do could not be read again'));
  };
  const unsubscribe = bus.subscribe(subjects.nodes, (message) => {
    if (message.type === 'tenants_changed' || message.type === 'gap') readAgain();
  });

  const demandRoom = async (tenantId: number, most: number): Promise<void> => {
    const { rows } = await sql<{ readonly n: number }>`
      select count(*)::integer as n from
        (select from conversations where tenant_id = ${tenantId} limit ${most}) found`.execute(db);
    if ((rows[0]?.n ?? 0) >= most)
      throw new KithError('limit_reached', { message: 'There can be no more conversations here.' });
  };

  return {
    admit: (tenantId, name, input) => {
      const page = pages.get(tenantId);
      if (!page) return null;
      demandFeatures(page.off, name, input);
      const { conversations, messagesPerDay } = page.quotas;
      if (name === 'sendMessage' && messagesPerDay !== undefined) return days.take(tenantId, messagesPerDay);
      if ((name === 'createConversation' || name === 'openDirect') && conversations !== undefined)
        return demandRoom(tenantId, conversations);
      return null;
    },
    knowsOrigin: (origin) => origins.has(origin),
    letsOrigin: (tenantId, origin) => pages.get(tenantId)?.origins.has(origin) ?? false,
    quota: (tenantId, quota) => pages.get(tenantId)?.quotas[quota] ?? null,
    changed: async () => {
      await read();
      bus.publish(subjects.nodes, { type: 'tenants_changed' });
    },
    start: async () => {
      await read();
      timer = setInterval(readAgain, EVERY_MS).unref();
    },
    close: () => {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
