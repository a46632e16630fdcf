/** What is counted of those who knock, and which challenges were solved. Both are over within minutes. */
export const spamMigration: readonly string[] = [
  `create table door_knocks (
    -- The service, a network, or what was typed; the last as its hash.
    key text not null,
    minute bigint not null,
    knocks integer not null,
    primary key (key, minute)
  )`,
  'create index door_knocks_old on door_knocks (minute)',
  `create table challenges_spent (
    nonce text primary key,
    expires_at timestamptz not null
  )`,
  'create index challenges_spent_old on challenges_spent (expires_at)',
];
