/**
 * The tables of accounts, with the columns that better-auth wanted (docs/decisions/0021-identity.md), and the secrets of the
 * service, kept in the database so that every node on it shares them.
 */
export const accountsMigration: readonly string[] = [
  `create table auth_users (
    id uuid primary key,
    name text not null,
    email text not null unique,
    email_verified boolean not null default false,
    image text,
    username text not null unique,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create table auth_sessions (
    id uuid primary key,
    user_id uuid not null references auth_users on delete cascade,
    token text not null unique,
    expires_at timestamptz not null,
    ip_address text,
    user_agent text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  'create index auth_sessions_by_user on auth_sessions (user_id)',
  `create table auth_accounts (
    id uuid primary key,
    user_id uuid not null references auth_users on delete cascade,
    account_id text not null,
    provider_id text not null,
    access_token text,
    refresh_token text,
    id_token text,
    access_token_expires_at timestamptz,
    refresh_token_expires_at timestamptz,
    scope text,
    password text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider_id, account_id)
  )`,
  'create index auth_accounts_by_user on auth_accounts (user_id)',
  `create table auth_verifications (
    id uuid primary key,
    identifier text not null,
    value text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  'create index auth_verifications_by_identifier on auth_verifications (identifier)',
  'create table secrets (name text primary key, value text not null)',
];
