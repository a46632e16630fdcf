/** The tables of tenants and of those who come by their hosts, as Kysely knows them. */
import type { ApiScope, TenantEventKind } from '@kith/protocol';
import type { ColumnType, Generated, Kysely } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { AccountsDb, AccountsSchema } from '../tables.ts';

interface TenantKeysTable {
  tenant_id: number;
  kid: string;
  /** Ciphered; see sealed.ts. */
  secret: Uint8Array;
  created_at: Generated<Date>;
}

interface HostPeopleTable {
  tenant_id: number;
  sub: string;
  user_id: string;
  /** Tokens that were issued before are refused. */
  tokens_from: Date | null;
  /** When the host said last who they are. */
  said_at: ColumnType<Date | null, Date | null | undefined>;
  /** Where the host says their picture is; null: it names none. */
  picture: ColumnType<string | null, string | null | undefined>;
  /** When it is fetched; null: there is nothing to do. */
  picture_due: ColumnType<Date | null, Date | null | undefined>;
  picture_tries: Generated<number>;
  /** Of what was found there last. */
  picture_sha256: ColumnType<Uint8Array | null, Uint8Array | null | undefined>;
}

interface HostPeopleGoneTable {
  tenant_id: number;
  sub_hash: Uint8Array;
  gone_at: Date;
}

interface HostSessionsTable {
  id: string;
  tenant_id: number;
  user_id: string;
  token: string;
  expires_at: Date;
  address: string | null;
  user_agent: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface HostTokensUsedTable {
  tenant_id: number;
  jti: string;
  until: Date;
}

interface ApiKeysTable {
  id: string;
  tenant_id: number;
  name: string;
  secret_hash: Uint8Array;
  scopes: ApiScope[];
  created_at: Generated<Date>;
  expires_at: Date | null;
  /** To the minute. */
  used_at: Date | null;
  revoked_at: Date | null;
}

interface TenantEventsTable {
  tenant_id: number;
  id: string;
  kind: TenantEventKind;
  at: Generated<Date>;
  detail: string;
  count: Generated<number>;
}

interface TenantDaysTable {
  tenant_id: number;
  day: string;
  messages: number;
}

export interface TenantsSchema extends AccountsSchema {
  tenant_keys: TenantKeysTable;
  host_people: HostPeopleTable;
  host_people_gone: HostPeopleGoneTable;
  host_sessions: HostSessionsTable;
  host_tokens_used: HostTokensUsedTable;
  api_keys: ApiKeysTable;
  tenant_events: TenantEventsTable;
  tenant_days: TenantDaysTable;
}

export type TenantsDb = Kysely<TenantsSchema>;

export const tenantsDb = (db: Db | AccountsDb): TenantsDb => db as unknown as TenantsDb;
