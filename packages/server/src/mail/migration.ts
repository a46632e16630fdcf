/** The outbox: mails that wait to be sent, written in the transaction that causes them. */
export const mailMigration: readonly string[] = [
  `create table mails (
    id uuid primary key,
    tenant_id integer not null references tenants,
    address text not null,
    locale text not null,
    kind text not null,
    fields jsonb not null,
    at timestamptz not null,
    expires_at timestamptz not null,
    attempts integer not null default 0,
    claimed_until timestamptz,
    created_at timestamptz not null default now()
  )`,
  'create index mails_due on mails (at)',
  'create index mails_by_address on mails (address, kind)',
];
