/** What looking after a place takes: accounts that nobody gets in by for a while. */
export const keepingMigration: readonly string[] = ['alter table auth_users add suspended_at timestamptz'];
