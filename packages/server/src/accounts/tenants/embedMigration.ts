/** People who come by a token of their host, the keys of those tokens, and the keys of hosts' backends. */
export const embedMigration: readonly string[] = [
  `alter table tenants
    -- Where the public keys of its host are; null: tokens are signed with a secret of tenant_keys.
    add jwks_url text`,
  `create table tenant_keys (
    tenant_id integer not null references tenants,
    kid text not null,
    -- Ciphered, and bound to tenant and kid.
    secret bytea not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, kid)
  )`,
  `create table host_people (
    tenant_id integer not null references tenants,
    sub text not null,
    user_id uuid not null,
    -- Tokens that were issued before are refused.
    tokens_from timestamptz,
    primary key (tenant_id, sub),
    unique (tenant_id, user_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
  )`,
  `create table host_sessions (
    id uuid primary key,
    tenant_id integer not null,
    user_id uuid not null,
    token text not null unique,
    expires_at timestamptz not null,
    address text,
    user_agent text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
  )`,
  'create index host_sessions_by_person on host_sessions (tenant_id, user_id, created_at)',
  'create index host_sessions_over on host_sessions (expires_at)',
  // Tokens that say they are good for one use, until they would be over anyway.
  `create table host_tokens_used (
    tenant_id integer not null references tenants,
    jti text not null,
    until timestamptz not null,
    primary key (tenant_id, jti)
  )`,
  'create index host_tokens_used_over on host_tokens_used (until)',
  `create table api_keys (
    id text primary key,
    tenant_id integer not null references tenants,
    name text not null,
    -- SHA-256 of 32 random bytes: nothing that could be guessed.
    secret_hash bytea not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    used_at timestamptz,
    revoked_at timestamptz
  )`,
  'create index api_keys_by_tenant on api_keys (tenant_id, id)',
  `create table tenant_events (
    tenant_id integer not null references tenants,
    id uuid not null,
    kind text not null,
    at timestamptz not null default now(),
    detail text not null,
    count integer not null default 1,
    primary key (tenant_id, id)
  )`,
  `create table tenant_days (
    tenant_id integer not null references tenants,
    day date not null,
    messages integer not null,
    primary key (tenant_id, day)
  )`,
];
