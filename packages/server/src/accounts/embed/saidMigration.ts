/** When a host said last who somebody is: what it said before, in a token that is still good, changes nothing any more. */
export const saidMigration: readonly string[] = ['alter table host_people add column said_at timestamptz'];
