/** The schema's history. A migration that has been released is never changed; a new one is added below it. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { spamMigration } from '../accounts/challenge/migration.ts';
import { deletionMigration } from '../accounts/deletion/migration.ts';
import { picturesMigration } from '../accounts/embed/picturesMigration.ts';
import { saidMigration } from '../accounts/embed/saidMigration.ts';
import { factorsMigration } from '../accounts/factorsMigration.ts';
import { guestsMigration } from '../accounts/guests/migration.ts';
import { identityMigration } from '../accounts/identityMigration.ts';
import { invitesMigration } from '../accounts/invites/migration.ts';
import { accountsMigration } from '../accounts/migration.ts';
import { outsideMigration } from '../accounts/outside/migration.ts';
import { phonesMigration } from '../accounts/phones/migration.ts';
import { embedMigration } from '../accounts/tenants/embedMigration.ts';
import { keepingMigration } from '../accounts/tenants/keepingMigration.ts';
import { tenantsMigration } from '../accounts/tenants/migration.ts';
import { mailMigration } from '../mail/migration.ts';
import { newcomersMigration } from './newcomers.ts';
import { requestsMigration } from './requests.ts';
import { searchMigration } from './searchMigration.ts';

const run = async (db: Kysely<unknown>, statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db);
};

/** One transaction; or indexes of tables that may be large, built while the service goes on writing into them. */
export type SchemaStep = Pick<Migration, 'up'> | { readonly indexes: Readonly<Record<string, string>> };

export const migrations: Readonly<Record<string, SchemaStep>> = {
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
  '0003_messages': {
    up: (db) =>
      run(db, [
        // All of them null for nearly every message: a bit each.
        `alter table messages
          add attachment jsonb,
          add no_preview boolean,
          add forwarded jsonb,
          add expires_at timestamptz,
          add pinned_at timestamptz,
          add pinned_by uuid,
          add poll jsonb,
          add link_preview jsonb`,
        'alter table conversations add disappear_after integer',
        `create table poll_votes (
          tenant_id integer not null,
          conversation_id uuid not null,
          message_id uuid not null,
          option smallint not null,
          user_id uuid not null,
          created_at timestamptz not null,
          primary key (tenant_id, conversation_id, message_id, option, user_id)
        )`,
        // What stands behind a link, as fetched for somebody of the tenant. Without `preview`: there is nothing to show.
        `create table link_previews (
          tenant_id integer not null references tenants,
          url text not null,
          preview jsonb,
          expires_at timestamptz not null,
          primary key (tenant_id, url)
        )`,
        'create index link_previews_old on link_previews (expires_at)',
      ]),
  },
  '0004_blobs': {
    up: (db) =>
      run(db, [
        `create table blobs (
          tenant_id integer not null references tenants,
          id uuid not null,
          purpose text not null check (purpose in ('avatar', 'emoji', 'sticker', 'preview')),
          owner_id uuid,
          mime text not null,
          width integer not null,
          height integer not null,
          sha256 bytea not null,
          bytes bytea not null,
          used boolean not null default false,
          since timestamptz not null default now(),
          primary key (tenant_id, id)
        )`,
        // Images are compressed already.
        'alter table blobs alter column bytes set storage external',
        'create index blobs_unused on blobs (since) where not used',
        'create index blobs_unused_by_owner on blobs (tenant_id, owner_id) where not used',
      ]),
  },
  '0005_own_records': {
    up: (db) =>
      run(db, [
        'alter table users add column own_floor bigint not null default 0',
        `create table own_records (
          tenant_id integer not null,
          user_id uuid not null,
          type text not null,
          key text not null,
          rev bigint not null,
          value jsonb,
          primary key (tenant_id, user_id, type, key),
          foreign key (tenant_id, user_id) references users (tenant_id, id)
        )`,
        'create index own_records_by_rev on own_records (tenant_id, user_id, rev)',
      ]),
  },
  '0006_emoji': {
    up: (db) =>
      run(db, [
        'alter table tenants add column emoji_rev bigint not null default 0',
        `create table custom_emoji (
          tenant_id integer not null references tenants,
          name text not null,
          blob_id uuid not null,
          width integer not null,
          height integer not null,
          added_by uuid not null,
          created_at timestamptz not null default now(),
          primary key (tenant_id, name)
        )`,
      ]),
  },
  '0007_search': { up: (db) => run(db, searchMigration) },
  '0008_threads': {
    up: (db) =>
      run(db, [
        // Null for nearly every message.
        `alter table messages
          add thread_root uuid,
          add thread_root_seq bigint,
          add thread_also boolean,
          add reply_count integer,
          add reply_last_at timestamptz,
          add reply_last_seq bigint,
          add reply_users uuid[]`,
        // Whoever unfollowed stays as a row: what they said holds against following by itself.
        `create table thread_members (
          tenant_id integer not null,
          conversation_id uuid not null,
          root_id uuid not null,
          user_id uuid not null,
          root_seq bigint not null,
          following boolean not null,
          read_seq bigint not null,
          touched_at timestamptz not null,
          primary key (tenant_id, conversation_id, root_id, user_id)
        )`,
        'create index thread_members_followed on thread_members (tenant_id, user_id, touched_at) where following',
      ]),
  },
  '0009_profiles': {
    up: (db) =>
      run(db, [
        `alter table users
          add avatar_id uuid,
          add bio text not null default '',
          add status jsonb,
          add username_changed_at timestamptz`,
        'alter table conversations add avatar_id uuid',
      ]),
  },
  '0010_settings': {
    // What was chosen, by group; the rest is as usual.
    up: (db) => run(db, [`alter table users add column settings jsonb not null default '{}'`]),
  },
  '0011_due_work': {
    up: (db) =>
      run(db, [
        `create table due_work (
          tenant_id integer not null,
          user_id uuid not null,
          kind text not null,
          id uuid not null,
          at timestamptz not null,
          claimed_until timestamptz,
          primary key (tenant_id, user_id, kind, id),
          foreign key (tenant_id, user_id) references users (tenant_id, id)
        )`,
        'create index due_work_by_time on due_work (at)',
      ]),
  },
  '0012_stickers': {
    up: (db) =>
      run(db, [
        `create table sticker_packs (
          tenant_id integer not null references tenants,
          id uuid not null,
          name text not null,
          owner_id uuid not null,
          created_at timestamptz not null default now(),
          primary key (tenant_id, id)
        )`,
        'create index sticker_packs_by_owner on sticker_packs (tenant_id, owner_id)',
        `create table stickers (
          tenant_id integer not null,
          pack_id uuid not null,
          id uuid not null,
          blob_id uuid not null,
          width integer not null,
          height integer not null,
          emoji text not null,
          alt text not null,
          place integer not null,
          removed boolean not null default false,
          primary key (tenant_id, pack_id, id),
          foreign key (tenant_id, pack_id) references sticker_packs (tenant_id, id)
        )`,
        `create table sticker_installs (
          tenant_id integer not null,
          user_id uuid not null,
          pack_id uuid not null,
          at timestamptz not null default clock_timestamp(),
          primary key (tenant_id, user_id, pack_id),
          foreign key (tenant_id, pack_id) references sticker_packs (tenant_id, id)
        )`,
      ]),
  },
  '0013_privacy': {
    up: (db) =>
      run(db, [
        'alter table conversations add blocked_by uuid[]',
        // Who blocks somebody: few do.
        `create index own_records_blocks on own_records (tenant_id, key) where type = 'block' and value is not null`,
        `create table reports (
          tenant_id integer not null references tenants,
          id uuid not null,
          by_id uuid not null,
          created_at timestamptz not null default now(),
          about jsonb not null,
          reason text not null,
          words text not null,
          seen jsonb not null,
          primary key (tenant_id, id)
        )`,
        'create index reports_by_time on reports (tenant_id, created_at, id)',
        'create index reports_by_person on reports (tenant_id, by_id, created_at)',
      ]),
  },
  '0014_thread_receipts': {
    up: (db) =>
      run(db, [
        `create table thread_receipts (
          tenant_id integer not null,
          conversation_id uuid not null,
          root_id uuid not null,
          seq bigint not null,
          user_id uuid not null,
          at timestamptz not null,
          primary key (tenant_id, conversation_id, root_id, user_id, seq)
        )`,
        'create index thread_receipts_foremost on thread_receipts (tenant_id, conversation_id, root_id, seq desc, user_id)',
      ]),
  },
  '0015_hidden': { up: (db) => run(db, ['alter table members add hidden int8multirange']) },
  '0016_preview_pictures': {
    up: (db) =>
      run(db, [`create index blobs_of_previews on blobs (since) where purpose = 'preview' and used`]),
  },
  '0017_folded_names': {
    up: (db) =>
      run(db, [
        // Names without what does not matter when they are looked for, as `fold` of the app has them.
        `create function folded(name text) returns text language sql immutable strict parallel safe as $$
          select case when name ~ '^[ -~]*$' then lower(name) else
            replace(replace(replace(replace(replace(translate(
              lower(normalize(regexp_replace(normalize(name, NFD),
                '[\\u0300-\\u036f\\u0591-\\u05c7\\u064b-\\u065f\\u0670]', '', 'g'), NFC)),
              'øØđĐðÐłŁħĦıς', 'ooddddllhhiσ'),
              'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
          end $$`,
        'alter table users add column folded_name text not null generated always as (folded(display_name)) stored',
        'drop index users_by_name',
        'create index users_by_name on users (tenant_id, folded_name, id)',
        'drop index conversations_public',
        `create index conversations_public on conversations (tenant_id, folded(name), id)
          where kind = 'channel' and visibility = 'public'`,
      ]),
  },
  '0018_message_indexes': {
    indexes: {
      // Of those that will go; one that went is not looked at again.
      messages_expiring: `on messages (expires_at) where expires_at is not null and kind <> 'deleted'`,
      messages_pinned: 'on messages (tenant_id, conversation_id, pinned_at) where pinned_at is not null',
      messages_in_thread:
        'on messages (tenant_id, conversation_id, thread_root, seq) where thread_root is not null',
      messages_by_preview_picture: `on messages (tenant_id, (link_preview #>> '{image,path}'))
        where link_preview is not null`,
    },
  },
  '0019_files': {
    up: (db) =>
      run(db, [
        `create table files (
          tenant_id integer not null references tenants,
          id uuid not null,
          owner_id uuid not null,
          size bigint not null,
          opaque boolean not null,
          made boolean not null,
          object text not null,
          secret bytea,
          state text not null check (state in ('uploading', 'checking', 'ready', 'refused')),
          findings jsonb,
          used boolean not null default false,
          since timestamptz not null default clock_timestamp(),
          writer text,
          writer_until timestamptz,
          created_at timestamptz not null default clock_timestamp(),
          primary key (tenant_id, id)
        )`,
        'create index files_by_id on files (id)',
        'create unique index files_by_object on files (object)',
        'create index files_by_owner on files (tenant_id, owner_id) include (size, used) where not made',
        'create index files_unused on files (since) where not used',
        `create index files_unchecked on files (since) where state = 'checking'`,
        `create table file_uses (
          tenant_id integer not null,
          conversation_id uuid not null,
          message_id uuid not null,
          file_id uuid not null,
          kind text,
          seq bigint,
          primary key (tenant_id, conversation_id, message_id, file_id),
          foreign key (tenant_id, file_id) references files (tenant_id, id)
        )`,
        'create index file_uses_by_file on file_uses (tenant_id, file_id)',
        `create index file_uses_shared on file_uses (tenant_id, conversation_id, kind, seq desc)
          where kind is not null and seq is not null`,
        'alter table tenants add file_limits jsonb',
        'alter table conversations add file_rules jsonb',
      ]),
  },
  '0020_transcodes': {
    up: (db) =>
      run(db, [
        `create table transcodes (
          tenant_id integer not null,
          file_id uuid not null,
          state text not null default 'waiting' check (state in ('waiting', 'fine', 'done', 'failed')),
          attempts integer not null default 0,
          progress integer not null default 0,
          asked integer not null default 1,
          made_id uuid,
          claim uuid,
          claimed_until timestamptz,
          since timestamptz not null default clock_timestamp(),
          primary key (tenant_id, file_id),
          foreign key (tenant_id, file_id) references files (tenant_id, id) on delete cascade
        )`,
        `create index transcodes_waiting on transcodes (since) where state = 'waiting'`,
      ]),
  },
  '0021_blobs_elsewhere': {
    up: (db) =>
      run(db, [
        // Those that are here already stay, until a node has moved them: bytes are no work for a migration.
        `alter table blobs
          add object text,
          add secret bytea,
          add size integer,
          alter column bytes drop not null,
          add check ((object is null) = (bytes is not null) and (object is null) = (size is null))`,
        'create unique index blobs_by_object on blobs (object) where object is not null',
        'create index blobs_to_move on blobs (tenant_id, id) where bytes is not null',
      ]),
  },
  '0022_mail': { up: (db) => run(db, mailMigration) },
  '0023_identity': { up: (db) => run(db, identityMigration) },
  '0025_outside': { up: (db) => run(db, outsideMigration) },
  '0026_factors': { up: (db) => run(db, factorsMigration) },
  '0027_tenants': { up: (db) => run(db, tenantsMigration) },
  '0028_invites': { up: (db) => run(db, invitesMigration) },
  '0029_embed': { up: (db) => run(db, embedMigration) },
  '0030_phone': { up: (db) => run(db, phonesMigration) },
  '0031_spam': { up: (db) => run(db, [...spamMigration, ...newcomersMigration]) },
  '0032_guests': { up: (db) => run(db, guestsMigration) },
  '0033_deletion': { up: (db) => run(db, deletionMigration) },
  '0034_requests': { up: (db) => run(db, requestsMigration) },
  '0035_tenant_keeping': { up: (db) => run(db, keepingMigration) },
  '0036_host_pictures': { up: (db) => run(db, picturesMigration) },
  '0037_host_said': { up: (db) => run(db, saidMigration) },
};
