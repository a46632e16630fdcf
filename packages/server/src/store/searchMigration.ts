/** The tables of search (docs/decisions/0011-search.md). They hold nothing that could not be made anew from the messages. */
export const searchMigration: readonly string[] = [
  `create table search_progress (
    tenant_id integer not null,
    conversation_id uuid not null,
    version integer not null,
    seq bigint not null,
    rev bigint not null,
    primary key (tenant_id, conversation_id)
  ) with (fillfactor = 70)`,
  `create table search_documents (
    tenant_id integer not null,
    conversation_id uuid not null,
    at timestamptz not null,
    seq bigint not null,
    words tsvector not null,
    primary key (tenant_id, conversation_id, at, seq)
  )`,
  'create index search_documents_newest on search_documents (tenant_id, at)',
  // Without a list of what is still to be put in order, which every search would have to read through.
  'create index search_documents_words on search_documents using gin (words) with (fastupdate = off)',
  // In the order of bytes, whatever the database's own is: words are found by how they begin.
  `create table search_words (
    tenant_id integer not null,
    word text collate "C" not null,
    count integer not null,
    keys text[] not null,
    primary key (tenant_id, word)
  ) with (fillfactor = 80)`,
  // A new word has some twenty keys: they are put in order together, a hundred words at a time.
  'create index search_words_keys on search_words using gin (keys) with (fastupdate = on, gin_pending_list_limit = 256)',
];
