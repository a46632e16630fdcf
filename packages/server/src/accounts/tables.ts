/** The tables of this room, as Kysely knows them. Nobody outside reads them. */
import type { SecurityEventKind } from '@kith/protocol';
import type { ColumnType, Generated, Kysely, Selectable } from 'kysely';
import type { Db } from '../store/database.ts';
import type { Schema } from '../store/schema.ts';

interface AuthUsersTable {
  id: string;
  name: string;
  /** Null: they came by their number, and have told none. */
  email: string | null;
  email_verified: Generated<boolean>;
  username: string;
  locale: string | null;
  updated_at: Generated<Date>;
  /** Since when nobody gets in by it. */
  suspended_at: Date | null;
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
  /** A password was right, and a second factor is still to be shown. */
  | 'second_factor'
  /** What a passkey is to sign: to sign in, to confirm who is signed in, and as a new one. */
  | 'passkey'
  | 'passkey_confirm'
  | 'passkey_add'
  /** The address of an account. */
  | 'email'
  /** The address it had before. */
  | 'undo_email'
  /** An account that is to be deleted stays. */
  | 'keep'
  /** By a number, and the name of whoever has none yet; the number of an account. */
  | 'phone_sign_in'
  | 'phone_new'
  | 'phone'
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
  trusted_until: Date | null;
}

interface AuthTotpsTable {
  user_id: string;
  /** Ciphered; see factors/totp.ts. */
  secret: Uint8Array;
  /** Null: the app has not shown yet that it has the secret. */
  confirmed_at: Date | null;
  /** Of the last code that was taken: none up to there is taken again. */
  last_step: Generated<number>;
  created_at: Generated<Date>;
}

interface AuthRecoveryCodesTable {
  user_id: string;
  code_hash: Uint8Array;
  created_at: Generated<Date>;
}

interface AuthPasskeysTable {
  id: string;
  user_id: string;
  credential_id: string;
  /** The name of the site that it is for. */
  rp_id: string;
  /** COSE. */
  public_key: Uint8Array;
  /** 32 bits: the database may give it as text. */
  counter: ColumnType<number | string | bigint, number, number>;
  transports: ColumnType<unknown, string, never>;
  backed_up: boolean;
  name: string;
  created_at: Date;
  used_at: Date | null;
}

interface AuthPhonesTable {
  user_id: string;
  /** E.164. */
  number: string;
  proven_at: Date;
}

interface InvitesTable {
  tenant_id: number;
  id: string;
  made_by: string;
  conversation_ids: string[];
  /** For this address alone. */
  email: string | null;
  note: string;
  /** What somebody without an account becomes by it; of guests: for how long. */
  role: Generated<'member' | 'guest'>;
  guest_seconds: ColumnType<number | null, number | null | undefined, number | null>;
  max_uses: number | null;
  uses: Generated<number>;
  expires_at: Date | null;
  revoked_at: Date | null;
  created_at: Date;
}

interface InviteUsesTable {
  tenant_id: number;
  invite_id: string;
  user_id: string;
  used_at: Date;
  /** When they were let into its conversations; null: that is still to be done. */
  settled_at: Date | null;
}

interface DoorKnocksTable {
  key: string;
  minute: ColumnType<number | string | bigint, number, never>;
  knocks: number;
}

interface ChallengesSpentTable {
  nonce: string;
  expires_at: Date;
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
  auth_totps: AuthTotpsTable;
  door_knocks: DoorKnocksTable;
  challenges_spent: ChallengesSpentTable;
  auth_recovery_codes: AuthRecoveryCodesTable;
  auth_passkeys: AuthPasskeysTable;
  auth_phones: AuthPhonesTable;
  invites: InvitesTable;
  invite_uses: InviteUsesTable;
  security_events: SecurityEventsTable;
  secrets: SecretsTable;
}

export type AccountsDb = Kysely<AccountsSchema>;

export const accountsDb = (db: Db): AccountsDb => db as unknown as AccountsDb;
/** The same the other way: for what the store does in a transaction of this room. */
export const storeDb = (db: AccountsDb): Db => db as unknown as Db;
