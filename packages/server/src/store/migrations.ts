/** The schema's history. A migration that has been released is never changed; a new one is added below it. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { accountsMigration } from '../accounts/migration.ts';
import type { Schema } from './schema.ts';

const run = async (db: Kysely<unknown>, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db);
};

const migrations: Record<string, Migration> = {
  '0001_foundation': {
    up: (db) =>
      run(db, [
        `create table tenants (
          id integer generated always as identity primary key,
          slug text not null unique,
          name text not null,
          created_at timestamptz not null default now()
        )`,
        `create table users (
          tenant_id integer not null references tenants,
          id uuid not null,
          username text not null,
          display_name text not null,
          role text not null check (role in ('owner', 'admin', 'member')),
          rev bigint not null default 0,
          presence text not null default 'auto' check (presence in ('auto', 'away', 'invisible')),
          settings_rev bigint not null default 0,
          profile_rev bigint not null default 0,
          last_seen_at timestamptz,
          created_at timestamptz not null default now(),
          primary key (tenant_id, id),
          unique (tenant_id, username)
        )`,
        'create index users_by_name on users (tenant_id, lower(display_name), id)',
        // Half-empty pages let the row of a busy conversation be rewritten in place, without touching its indexes.
        `create table conversations (
          tenant_id integer not null references tenants,
          id uuid not null,
          kind text not null check (kind in ('direct', 'group', 'channel')),
          visibility text not null check (visibility in ('public', 'private')),
          history text not null check (history in ('all', 'joined')),
          name text not null,
          topic text not null,
          direct_key text,
          member_count integer not null,
          created_by uuid not null,
          created_at timestamptz not null default now(),
          rev bigint not null,
          last_seq bigint not null,
          record_rev bigint not null,
          changed_xid xid8 not null default pg_current_xact_id(),
          primary key (tenant_id, id),
          unique (tenant_id, direct_key)
        ) with (fillfactor = 50)`,
        `create index conversations_public on conversations (tenant_id, lower(name), id)
          where kind = 'channel' and visibility = 'public'`,
        `create table members (
          tenant_id integer not null,
          conversation_id uuid not null,
          user_id uuid not null,
          role text not null check (role in ('owner', 'admin', 'member')),
          state text not null check (state in ('joined', 'left', 'removed')),
          rev bigint not null,
          visible_after bigint not null,
          joined_at timestamptz not null,
          delivered_seq bigint not null default 0,
          read_seq bigint not null default 0,
          changed_xid xid8 not null default pg_current_xact_id(),
          primary key (tenant_id, conversation_id, user_id),
          foreign key (tenant_id, conversation_id) references conversations (tenant_id, id),
          foreign key (tenant_id, user_id) references users (tenant_id, id)
        ) with (fillfactor = 70)`,
        'create index members_by_user on members (tenant_id, user_id, conversation_id)',
        'create index members_by_rev on members (tenant_id, conversation_id, rev)',
        // No foreign key here: the append statement holds the conversation's row locked while it inserts.
        `create table messages (
          tenant_id integer not null,
          conversation_id uuid not null,
          seq bigint not null,
          id uuid not null,
          rev bigint not null,
          created_rev bigint not null,
          author_id uuid not null,
          created_at timestamptz not null,
          kind text not null check (kind in ('content', 'system', 'deleted')),
          text text,
          sealed jsonb,
          system jsonb,
          reply_id uuid,
          reply_seq bigint,
          mentions uuid[],
          mentions_all boolean not null default false,
          edited_at timestamptz,
          edit_count integer not null default 0,
          reactions jsonb,
          deleted_at timestamptz,
          deleted_by uuid,
          primary key (tenant_id, conversation_id, seq),
          unique (tenant_id, conversation_id, id)
        )`,
        // New messages are found by seq, which grows with rev; only changed ones need an index of their own.
        `create index messages_changed on messages (tenant_id, conversation_id, rev) where rev <> created_rev`,
        `create index messages_mentioning on messages (tenant_id, conversation_id, seq)
          where mentions is not null or mentions_all`,
        `create table message_edits (
          tenant_id integer not null,
          conversation_id uuid not null,
          message_id uuid not null,
          version integer not null,
          text text,
          sealed jsonb,
          written_at timestamptz not null,
          primary key (tenant_id, conversation_id, message_id, version)
        )`,
        `create table reactions (
          tenant_id integer not null,
          conversation_id uuid not null,
          message_id uuid not null,
          emoji text not null,
          user_id uuid not null,
          created_at timestamptz not null default clock_timestamp(),
          primary key (tenant_id, conversation_id, message_id, emoji, user_id)
        )`,
        `create table receipts (
          tenant_id integer not null,
          conversation_id uuid not null,
          kind text not null check (kind in ('delivered', 'read')),
          seq bigint not null,
          user_id uuid not null,
          at timestamptz not null,
          primary key (tenant_id, conversation_id, user_id, kind, seq)
        )`,
        'create index receipts_foremost on receipts (tenant_id, conversation_id, kind, seq desc, user_id)',
        `create table commits (
          xid xid8 not null default pg_current_xact_id(),
          at timestamptz not null default clock_timestamp(),
          tenant_ids integer[] not null,
          conversation_ids uuid[] not null,
          revs bigint[] not null,
          user_ids uuid[]
        )`,
        'create index commits_by_xid on commits (xid)',
        `insert into tenants (slug, name) values ('main', 'Kith')`,
      ]),
  },
  '0002_accounts': { up: (db) => run(db, accountsMigration) },
};

/** Brings the database to the newest schema. Safe to run from several nodes at once: Kysely takes a lock. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
