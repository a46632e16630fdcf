/** Tables of what makes an account one's own: proofs under way, guesses counted, devices known, and what happened. */
export const identityMigration: readonly string[] = [
  // When its person last showed who they are: with the password, or by signing in.
  'alter table auth_sessions add confirmed_at timestamptz',
  'update auth_sessions set confirmed_at = created_at',
  'alter table auth_sessions alter confirmed_at set not null, alter confirmed_at set default now()',
  // The language of the browser that signed in last: mails are written in it.
  'alter table auth_users add locale text',
  `create table auth_proofs (
    id uuid primary key,
    purpose text not null,
    subject text not null,
    secret_hash bytea not null,
    code_hash bytea,
    payload jsonb not null,
    address text not null,
    tries integer not null default 0,
    sent integer not null default 1,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  'create index auth_proofs_by_subject on auth_proofs (purpose, subject, created_at)',
  'create index auth_proofs_by_end on auth_proofs (expires_at)',
  `create table auth_guesses (
    key text primary key,
    failures integer not null,
    blocked_until timestamptz not null,
    at timestamptz not null
  )`,
  'create index auth_guesses_by_time on auth_guesses (at)',
  `create table auth_devices (
    id uuid primary key,
    user_id uuid not null references auth_users on delete cascade,
    token_hash bytea not null,
    created_at timestamptz not null default now(),
    used_at timestamptz not null default now(),
    unique (user_id, token_hash)
  )`,
  'create index auth_devices_by_use on auth_devices (used_at)',
  `create table security_events (
    tenant_id integer not null references tenants,
    id uuid not null,
    user_id uuid not null,
    kind text not null,
    at timestamptz not null default now(),
    address text,
    user_agent text,
    primary key (tenant_id, id)
  )`,
  'create index security_events_by_user on security_events (tenant_id, user_id, id desc)',
  'create index security_events_by_time on security_events (at)',
];
