/** Tables of what is shown besides a password, of browsers that need not, and of whom the tenant asks it. */
export const factorsMigration: readonly string[] = [
  `create table auth_totps (
    user_id uuid primary key references auth_users on delete cascade,
    secret bytea not null,
    confirmed_at timestamptz,
    last_step integer not null default 0,
    created_at timestamptz not null default now()
  )`,
  `create table auth_recovery_codes (
    user_id uuid not null references auth_users on delete cascade,
    code_hash bytea not null,
    created_at timestamptz not null default now(),
    primary key (user_id, code_hash)
  )`,
  `create table auth_passkeys (
    id uuid primary key,
    user_id uuid not null references auth_users on delete cascade,
    credential_id text not null unique,
    rp_id text not null,
    public_key bytea not null,
    counter bigint not null,
    transports jsonb not null,
    backed_up boolean not null,
    name text not null,
    created_at timestamptz not null default now(),
    used_at timestamptz
  )`,
  'create index auth_passkeys_by_user on auth_passkeys (user_id)',
  // Until then a browser is asked for no second factor.
  'alter table auth_devices add trusted_until timestamptz',
  `alter table tenants add second_factor text not null default 'off'
    check (second_factor in ('off', 'admins', 'everyone'))`,
];
