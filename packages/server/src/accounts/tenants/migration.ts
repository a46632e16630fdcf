/** What a tenant decides for itself. */
export const tenantsMigration: readonly string[] = [
  // Proofs have a table of their own; nobody ever wrote into this one.
  'drop table auth_verifications',
  `alter table tenants
    -- Who may make an account, or come by a token for the first time; null: as the configuration says.
    add sign_up text check (sign_up in ('open', 'invited', 'domains', 'closed')),
    -- With 'domains': whose addresses are let in without an invitation.
    add email_domains text[] not null default '{}',
    -- Pages of other sites that may speak for the people of this tenant.
    add origins text[] not null default '{}',
    add quotas jsonb not null default '{}',
    add features jsonb not null default '{}',
    add disabled_at timestamptz`,
];
