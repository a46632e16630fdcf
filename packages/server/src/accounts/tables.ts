/** The tables of this room, as Kysely knows them. Nobody outside reads them. */
import type { Kysely } from 'kysely';
import type { Db } from '../store/database.ts';
import type { Schema } from '../store/schema.ts';

interface AuthUsersTable {
  id: string;
  name: string;
  email: string;
  username: string;
}

interface AuthSessionsTable {
  id: string;
  user_id: string;
  token: string;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
  /** When last used, to within `TOUCH_MS`. */
  updated_at: Date;
}

interface SecretsTable {
  name: string;
  value: string;
}

export interface AccountsSchema extends Schema {
  auth_users: AuthUsersTable;
  auth_sessions: AuthSessionsTable;
  secrets: SecretsTable;
}

export type AccountsDb = Kysely<AccountsSchema>;

export const accountsDb = (db: Db): AccountsDb => db as unknown as AccountsDb;
