/** Numbers people sign in by, accounts that have nothing else, and text messages that wait or were sent. */
export const phonesMigration: readonly string[] = [
  // Whoever came by their number tells an address later, or never.
  'alter table auth_users alter column email drop not null',
  `create table auth_phones (
    user_id uuid primary key references auth_users on delete cascade,
    number text not null unique,
    proven_at timestamptz not null
  )`,
  `alter table mails add channel text not null default 'mail' check (channel in ('mail', 'sms'))`,
  `create table sms_counts (
    key text primary key,
    count integer not null,
    until timestamptz not null
  )`,
  'create index sms_counts_by_end on sms_counts (until)',
];
