/** Accounts that are to end, and people whose accounts have. */
export const deletionMigration: readonly string[] = [
  // When it is due; what becomes of the messages; up to which conversation it has come; since when nothing is left of them.
  `alter table users
    add deletion_at timestamptz,
    add deletion_messages text check (deletion_messages in ('keep', 'delete')),
    add deletion_place uuid,
    add deleted_at timestamptz`,
  // People of hosts: tokens that were issued before make nobody of them again. Kept as long as such tokens may be good.
  `create table host_people_gone (
    tenant_id integer not null references tenants,
    sub_hash bytea not null,
    gone_at timestamptz not null,
    primary key (tenant_id, sub_hash)
  )`,
  'create index host_people_gone_by_time on host_people_gone (gone_at)',
];
