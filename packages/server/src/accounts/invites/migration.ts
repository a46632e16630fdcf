/** Links that lead people in. Their secrets stand nowhere: they follow from the id by a key of the server. */
export const invitesMigration: readonly string[] = [
  // Null: members where anybody may come in, else admins.
  `alter table tenants add invite_by text check (invite_by in ('admins', 'members'))`,
  `create table invites (
    tenant_id integer not null references tenants,
    id uuid not null,
    made_by uuid not null,
    conversation_ids uuid[] not null default '{}',
    email text,
    note text not null default '',
    max_uses integer,
    uses integer not null default 0,
    expires_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, made_by) references users (tenant_id, id),
    check (uses >= 0 and (max_uses is null or uses <= max_uses))
  )`,
  'create index invites_by_maker on invites (tenant_id, made_by, id)',
  `create table invite_uses (
    tenant_id integer not null,
    invite_id uuid not null,
    -- An account: its person may be made a moment later.
    user_id uuid not null,
    used_at timestamptz not null,
    -- When they were let into its conversations; null: that is still to be done.
    settled_at timestamptz,
    primary key (tenant_id, invite_id, user_id),
    foreign key (tenant_id, invite_id) references invites (tenant_id, id) on delete cascade
  )`,
  'create index invite_uses_open on invite_uses (used_at) where settled_at is null',
  'create index invite_uses_by_user on invite_uses (tenant_id, user_id)',
];
