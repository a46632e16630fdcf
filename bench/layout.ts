/**
 * Conversations, members and messages, written as the server's own statements would leave them (rows of `conversations`,
 * `members`, `messages`, `commits`): revisions without holes (S1), transaction ids by the defaults of the columns. For
 * when making them by the protocol would take longer than what is measured. Nothing of it is announced.
 */
import { newId } from '@kith/protocol';
import { type Database, openDatabase } from '../packages/server/src/store/database.ts';

export interface Place {
  readonly id: string;
  /** The first is the owner. */
  readonly userIds: readonly string[];
}

export interface PlaceKind {
  readonly kind: 'group' | 'channel';
  readonly visibility: 'private' | 'public';
}

/** Messages of one statement: about a second of work. */
const CHUNK = 100_000;
/** The server's bounds are for people who wait; to tidy a large table takes longer. */
const STATEMENT_MS = 600_000;

const PLACE = `
with here as (
  insert into conversations (tenant_id, id, kind, visibility, history, name, topic, member_count, created_by, rev, last_seq, record_rev)
  values (1, $1::uuid, $2, $3, 'all', $4, '', cardinality($5::uuid[]), ($5::uuid[])[1], cardinality($5::uuid[]) + 1, 0, 1)
  returning id
), entered as (
  insert into members (tenant_id, conversation_id, user_id, role, state, rev, visible_after, joined_at)
  select 1, here.id, person.id, case when person.place = 1 then 'owner' else 'member' end, 'joined', person.place + 1, 0, now()
  from here, unnest($5::uuid[]) with ordinality person (id, place)
)
insert into commits (tenant_ids, conversation_ids, revs, user_ids)
values (array[1], array[$1::uuid], array[cardinality($5::uuid[]) + 1]::bigint[], $5::uuid[])`;

/**
 * Authors take turns. Ids grow with time, as UUIDv7 do: random ones would make the index larger and colder than it is in
 * life. Each hundredth message mentions a member, when `$3` says so.
 */
const MESSAGES = `
with place as materialized (
  select c.tenant_id, c.id, c.rev, c.last_seq, people.ids, cardinality(people.ids) as many
  from conversations c, lateral (
    select array_agg(m.user_id order by m.user_id) as ids from members m
    where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.state = 'joined'
  ) people
  where c.tenant_id = 1 and c.id = any ($1::uuid[])
), filled as (
  insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text, mentions)
  select p.tenant_id, p.id, p.last_seq + n,
    (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(p.id::text || n::text), 1, 3)
      || '8' || substr(md5(n::text || p.id::text), 1, 15))::uuid,
    p.rev + n, p.rev + n, p.ids[1 + (p.last_seq + n) % p.many], now(), 'content',
    'Number ' || (p.last_seq + n) || ' of what was said here, and it is about as long as people write.',
    case when $3::boolean and (p.last_seq + n) % 100 = 0 then array[p.ids[1 + (p.last_seq + n) / 100 % p.many]] end
  from place p, generate_series(1, $2::integer) n
), raised as (
  update conversations c
  set rev = c.rev + $2::integer, last_seq = c.last_seq + $2::integer, changed_xid = pg_current_xact_id()
  from place p where c.tenant_id = p.tenant_id and c.id = p.id
)
insert into commits (tenant_ids, conversation_ids, revs)
select array_agg(tenant_id), array_agg(id), array_agg(rev + $2::integer) from place`;

export interface Layout {
  /** Members in the order given. */
  addPlaces(places: readonly Place[], kind: PlaceKind): Promise<void>;
  /** So many messages more in each of these conversations. */
  addMessages(
    ids: readonly string[],
    each: number,
    options?: { readonly mentions?: boolean; readonly onProgress?: (done: number) => void },
  ): Promise<void>;
  /** These people have read, and been brought, all but the last `unread` messages. */
  setRead(id: string, userIds: readonly string[], unread: number): Promise<void>;
  /** What autovacuum would have done by then. */
  tidy(): Promise<void>;
  readonly database: Database;
  close(): Promise<void>;
}

export async function openLayout(databaseUrl: string): Promise<Layout> {
  const database = await openDatabase({
    url: `${databaseUrl}?statement_timeout=${STATEMENT_MS}&query_timeout=${STATEMENT_MS}`,
  });
  const run = (name: string, text: string, values: readonly unknown[] = []): Promise<unknown[]> =>
    database.append({ name, text, values });
  return {
    database,
    addPlaces: async (places, { kind, visibility }) => {
      for (const [index, { id, userIds }] of places.entries()) {
        await run('place', PLACE, [id, kind, visibility, `Bench ${index}`, [...userIds]]);
      }
    },
    addMessages: async (ids, each, { mentions = false, onProgress = () => undefined } = {}) => {
      for (let from = 0; from < ids.length; ) {
        const some = ids.slice(from, from + Math.max(1, Math.floor(CHUNK / each)));
        for (let done = 0; done < each; done += CHUNK) {
          const count = Math.min(CHUNK, each - done);
          await run('messages', MESSAGES, [some, count, mentions]);
          onProgress(done + count);
        }
        from += some.length;
      }
    },
    setRead: async (id, userIds, unread) => {
      await run('set_read', SET_READ, [id, [...userIds], unread]);
    },
    tidy: async () => {
      for (const table of ['messages', 'conversations', 'members', 'users', 'receipts']) {
        await run(`vacuum_${table}`, `vacuum analyze ${table}`);
      }
      await run('checkpoint', 'checkpoint');
    },
    close: () => database.close(),
  };
}

const SET_READ = `
with place as (
  select tenant_id, id, greatest(0, last_seq - $3::bigint) as seq from conversations where tenant_id = 1 and id = $1::uuid
), marked as (
  update members m set delivered_seq = p.seq, read_seq = p.seq from place p
  where m.tenant_id = p.tenant_id and m.conversation_id = p.id and m.user_id = any ($2::uuid[])
)
insert into receipts (tenant_id, conversation_id, kind, seq, user_id, at)
select p.tenant_id, p.id, kinds.kind, p.seq, person.id, now()
from place p, unnest($2::uuid[]) person (id), (values ('delivered'), ('read')) kinds (kind)
on conflict do nothing`;

/**
 * `count` people in groups of about `size`, over and over, so that each is in `times` groups, each time with others:
 * people are laid out in a grid, and in each round the groups are its diagonals of another slope.
 */
export function gatherings(count: number, size: number, times: number): number[][] {
  const columns = Math.max(1, Math.ceil(count / size));
  const groups: number[][] = [];
  for (let round = 0; round < times; round += 1) {
    const gathered = Array.from({ length: columns }, (): number[] => []);
    for (let i = 0; i < count; i += 1) {
      const row = Math.floor(i / columns);
      gathered[((i % columns) + row * round) % columns]!.push(i);
    }
    groups.push(...gathered.filter((group) => group.length > 0));
  }
  return groups;
}

/** The groups of `gatherings` as conversations of these people. */
export const placesOf = (groups: readonly (readonly number[])[], userIds: readonly string[]): Place[] =>
  groups.map((group) => ({ id: newId(), userIds: group.map((index) => userIds[index]!) }));
