/** The tables of this room, as Kysely knows them. Nobody outside reads them. */
import type { SecurityEventKind } from '@kith/protocol';
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely';
import type { Db } from '../store/database.ts';
import type { Schema } from '../store/schema.ts';

interface AuthUsersTable {
  id: string;
  name: string;
  email: string;
  email_verified: Generated<boolean>;
  username: string;
  locale: string | null;
  updated_at: Generated<Date>;
}

/** One row an account and way in; of the way `credential`, with its password; else a service, and who they are there. */
interface AuthAccountsTable {
  id: string;
  user_id: string;
  account_id: string;
  provider_id: string;
  password: string | null;
  /** Of a service: how its person would know the account there. */
  label: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface AuthSessionsTable {
  id: string;
  user_id: string;
  token: string;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Generated<Date>;
  /** When last used, to within `TOUCH_MS`. */
  updated_at: Generated<Date>;
  confirmed_at: Generated<Date>;
}

export type ProofPurpose =
  /** An account that is to be made, once its address is proven. */
  | 'sign_up'
  /** A password was right, and the address is still to be proven. */
  | 'sign_in'
  /** The address of an account. */
  | 'email'
  /** The address it had before. */
  | 'undo_email'
  /** A forgotten password. */
  | 'reset'
  /** A browser that went to another service, and is to come back. */
  | 'outside'
  /** A session that wants to connect an account there. */
  | 'outside_link';

interface AuthProofsTable {
  id: string;
  purpose: ProofPurpose;
  subject: string;
  secret_hash: Uint8Array;
  code_hash: Uint8Array | null;
  payload: ColumnType<unknown, string, never>;
  address: string;
  tries: Generated<number>;
  sent: Generated<number>;
  created_at: Generated<Date>;
  expires_at: Date;
}

export type ProofRow = Selectable<AuthProofsTable>;

interface AuthGuessesTable {
  key: string;
  failures: number;
  blocked_until: Date;
  at: Date;
}

interface AuthDevicesTable {
  id: string;
  user_id: string;
  token_hash: Uint8Array;
  created_at: Generated<Date>;
  used_at: Date;
}

interface SecurityEventsTable {
  tenant_id: number;
  id: string;
  user_id: string;
  kind: SecurityEventKind;
  at: Generated<Date>;
  address: string | null;
  user_agent: string | null;
}

interface SecretsTable {
  name: string;
  value: string;
}

export interface AccountsSchema extends Schema {
  auth_users: AuthUsersTable;
  auth_sessions: AuthSessionsTable;
  auth_accounts: AuthAccountsTable;
  auth_proofs: AuthProofsTable;
  auth_guesses: AuthGuessesTable;
  auth_devices: AuthDevicesTable;
  security_events: SecurityEventsTable;
  secrets: SecretsTable;
}

export type AccountsDb = Kysely<AccountsSchema>;

export const accountsDb = (db: Db): AccountsDb => db as unknown as AccountsDb;
