/**
 * Search over a million messages: how long people wait for it, by what they ask and how much they may see.
 *
 *     node bench/search.ts [--messages 1000000] [--conversations 3000] [--repetitions 20] [--embedded 1]
 *
 * Texts are made up, with words as frequent as words are; conversations are as large as Zipf would have them. Messages are
 * written by SQL and indexed by the server's indexer, without its rests. A search is the server's own function, called one
 * at a time: what the network and the gateway add is measured elsewhere.
 */
import { readFileSync } from 'node:fs';
import { newId } from '@kith/protocol';
import { startPostgres } from '@kith/tools/services/postgres.ts';
import { silentLogger } from '../packages/server/src/logger.ts';
import { createSearchIndexer } from '../packages/server/src/search/indexer.ts';
import { createSearch, type Search, type Way } from '../packages/server/src/search/search.ts';
import { type Database, openDatabase } from '../packages/server/src/store/database.ts';
import { alone, type Flag, presetsOf, type Say, type Stoppable, withStack } from './commandLine.ts';
import { explain } from './explain.ts';
import { table } from './report.ts';
import { mebibytes, ms, Samples, whole } from './samples.ts';
import { makeTexts, type Random, seededRandom, type Texts, zipf } from './searchTexts.ts';

const flags = {
  messages: { preset: 1_000_000, min: 10_000, max: 20_000_000, help: 'in all' },
  conversations: { preset: 3_000, min: 100, max: 5_000, help: 'from very large to small' },
  people: { preset: 500, min: 10, max: 10_000, help: 'who write' },
  vocabulary: { preset: 150_000, min: 1_000, max: 1_000_000, help: 'words, before compounds' },
  repetitions: { preset: 20, min: 3, max: 1_000, help: 'of each kind of search, each with other words' },
  embedded: { preset: 0, min: 0, max: 1, help: '1: PGlite instead of PostgreSQL' },
} satisfies Record<string, Flag>;

type Options = Record<keyof typeof flags, number>;

const TENANT = 1;
/** Rows of one statement. */
const CHUNK = 20_000;
const STATEMENT_MS = 600_000;
const YEARS_MS = 2 * 365 * 86_400_000;

interface Searcher {
  readonly what: string;
  readonly userId: string;
  readonly conversationId?: string;
}

interface World {
  readonly search: Search;
  /** What this process and the database have worked so far, ms. */
  readonly worked: () => number;
  readonly texts: Texts;
  readonly random: Random;
  readonly searchers: readonly Searcher[];
  /** Usernames of those who write. */
  readonly usernames: readonly string[];
  /** A text that was written, at random. */
  readonly sample: () => string;
}

interface Kind {
  readonly what: string;
  query(world: World): string;
  /** Pages read before the one that is measured. */
  readonly pages?: number;
}

const between = ({ texts, random }: World, low: number, high: number): string =>
  texts.words[Math.min(texts.words.length - 1, low + random.below(high - low))]!;

const misspelled = (world: World): string => {
  const word = between(world, 2_000, 20_000);
  const at = 1 + world.random.below(word.length - 1);
  return `${word.slice(0, at)}x${word.slice(at + 1)}`;
};

/** Words in a row out of something that was said. */
const quoted = (world: World): string => {
  for (;;) {
    const words = world.sample().split(' ').slice(1, 4);
    if (words.length === 3) return `"${words.join(' ')}"`;
  }
};

const kinds: readonly Kind[] = [
  { what: 'one of the ten most frequent words', query: (world) => between(world, 0, 10) },
  { what: 'a frequent word (rank 10 to 200)', query: (world) => between(world, 10, 200) },
  { what: 'a common word (to 2,000)', query: (world) => between(world, 200, 2_000) },
  { what: 'a less common word (to 20,000)', query: (world) => between(world, 2_000, 20_000) },
  { what: 'a rare word', query: (world) => between(world, 50_000, 140_000) },
  { what: 'two letters', query: (world) => between(world, 0, 2_000).slice(0, 2) },
  { what: 'three letters', query: (world) => between(world, 0, 20_000).slice(0, 3) },
  { what: 'five letters', query: (world) => between(world, 2_000, 50_000).slice(0, 5) },
  { what: 'two frequent words', query: (world) => `${between(world, 0, 50)} ${between(world, 0, 50)}` },
  {
    what: 'two common words',
    query: (world) => `${between(world, 100, 2_000)} ${between(world, 100, 2_000)}`,
  },
  {
    what: 'a frequent and a rare word',
    query: (world) => `${between(world, 0, 10)} ${between(world, 50_000, 140_000)}`,
  },
  {
    what: 'three words',
    query: (world) => `${between(world, 0, 50)} ${between(world, 0, 200)} ${between(world, 0, 900)}`,
  },
  { what: 'a phrase that was said', query: quoted },
  {
    what: 'a phrase of frequent words',
    query: (world) => `"${between(world, 0, 20)} ${between(world, 0, 20)}"`,
  },
  { what: 'a part of compounds', query: (world) => between(world, 3_000, 9_000).slice(1) },
  { what: 'a misspelled word', query: misspelled },
  { what: 'a word nobody said', query: (world) => `qzx${between(world, 0, 5_000)}` },
  { what: 'two Chinese characters', query: ({ texts }) => texts.hanzi(2) },
  { what: 'one Chinese character', query: ({ texts }) => texts.hanzi(1) },
  { what: 'four Chinese characters', query: ({ texts }) => texts.hanzi(4) },
  {
    what: 'a word without another',
    query: (world) => `${between(world, 10, 500)} -${between(world, 0, 10)}`,
  },
  { what: 'a word by somebody', query: (world) => `${between(world, 0, 200)} from:${author(world)}` },
  { what: 'all by somebody', query: (world) => `from:${author(world)}` },
  { what: 'all with links', query: () => 'has:link' },
  { what: 'a word with a link', query: (world) => `${between(world, 0, 2_000)} has:link` },
  {
    what: 'a word of some month',
    query: (world) => `${between(world, 0, 2_000)} on:2025-0${1 + world.random.below(9)}`,
  },
  { what: 'page eight of a frequent word', query: (world) => between(world, 0, 100), pages: 7 },
];

const author = ({ usernames, random }: World): string => usernames[random.below(usernames.length)]!;

/** One at a time: nobody waits at the gate. */
const searchOn = (db: Database['db']): Search => createSearch(db, { pass: (work) => work() });

async function fill({ database, worked }: Place, options: Options, say: Say): Promise<World> {
  const random = seededRandom(7);
  const texts = makeTexts(options.vocabulary, random);
  const usernames = Array.from({ length: options.people }, (_, i) => `person${i}`);
  const userIds = usernames.map(() => newId());
  const watchers = ['twenty small', 'four hundred', 'all of them'].map((what) => ({ what, userId: newId() }));
  const statement = (name: string, text: string, values: readonly unknown[]): Promise<unknown[]> =>
    database.append({ name, text, values });
  await statement(
    'people',
    `insert into users (tenant_id, id, username, display_name, role)
     select 1, id, name, name, 'member' from unnest($1::uuid[], $2::text[]) u (id, name)`,
    [
      [...userIds, ...watchers.map((one) => one.userId)],
      [...usernames, ...watchers.map((_, i) => `watcher${i}`)],
    ],
  );
  const ids = Array.from({ length: options.conversations }, () => newId());
  const lastSeqs = new Array<number>(ids.length).fill(0);
  const pick = zipf(ids.length, random);
  const begin = Date.now() - YEARS_MS;
  const samples: string[] = [];
  const start = performance.now();
  for (let done = 0; done < options.messages; done += CHUNK) {
    const rows: { id: string; n: number; seq: number; author: string; at: string; text: string }[] = [];
    for (let i = done; i < Math.min(options.messages, done + CHUNK); i += 1) {
      const n = pick();
      lastSeqs[n]! += 1;
      const seq = lastSeqs[n]!;
      const text = texts.next();
      if (random.next() < 0.002) samples.push(text);
      const at = new Date(begin + (YEARS_MS * i) / options.messages).toISOString();
      rows.push({ id: newId(), n, seq, author: userIds[random.below(userIds.length)]!, at, text });
    }
    await statement(
      'fill_search',
      `insert into messages (tenant_id, conversation_id, seq, id, rev, created_rev, author_id, created_at, kind, text)
       select 1, c, seq, id, seq, seq, author, at, 'content', text
       from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::text[]) m (c, seq, id, author, at, text)`,
      [
        rows.map((row) => ids[row.n]),
        rows.map((row) => row.seq),
        rows.map((row) => row.id),
        rows.map((row) => row.author),
        rows.map((row) => row.at),
        rows.map((row) => row.text),
      ],
    );
  }
  await statement(
    'conversations',
    `insert into conversations (tenant_id, id, kind, visibility, history, name, topic, member_count, created_by, rev, last_seq, record_rev)
     select 1, id, 'group', 'private', 'all', 'Bench ' || n, '', 2, $3::uuid, last, last, 1
     from unnest($1::uuid[], $2::bigint[]) with ordinality c (id, last, n)`,
    [ids, lastSeqs, userIds[0]],
  );
  const small = ids.slice(Math.floor(ids.length / 3)).filter((_, i) => i % Math.ceil(ids.length / 30) === 0);
  const seen = [
    small.slice(0, 20),
    ids.filter((_, i) => i % Math.ceil(ids.length / 400) === 3 % Math.ceil(ids.length / 400)),
    ids,
  ];
  for (const [index, conversations] of seen.entries()) {
    await statement(
      'members',
      `insert into members (tenant_id, conversation_id, user_id, role, state, rev, visible_after, joined_at)
       select 1, id, $2::uuid, 'member', 'joined', 1, 0, now() from unnest($1::uuid[]) c (id)`,
      [conversations, watchers[index]!.userId],
    );
  }
  say(`filled in ${whole((performance.now() - start) / 1_000)} s`);
  const all = watchers.at(-1)!;
  return {
    search: searchOn(database.db),
    worked,
    texts,
    random,
    usernames,
    searchers: [
      ...watchers.map((one, i) => ({ ...one, what: `${one.what} (${whole(seen[i]!.length)})` })),
      {
        what: `in the largest (${whole(Math.max(...lastSeqs))} messages)`,
        userId: all.userId,
        conversationId: ids[0]!,
      },
    ],
    sample: () => samples[random.below(samples.length)]!,
  };
}

async function index(database: Database, messages: number, say: Say): Promise<number> {
  const began = performance.now();
  const indexer = createSearchIndexer({ database, logger: silentLogger, messages: 2_000 });
  await indexer.catchUp();
  await indexer.close();
  const seconds = (performance.now() - began) / 1_000;
  say(`indexed in ${whole(seconds)} s, ${whole(messages / seconds)} a second`);
  for (const one of [
    'search_documents',
    'search_words',
    'search_progress',
    'messages',
    'members',
    'conversations',
  ])
    await database.append({ name: `tidy_${one}`, text: `vacuum analyze ${one}`, values: [] });
  return seconds;
}

interface Measured {
  readonly what: string;
  readonly times: readonly Samples[];
  /** Of all searchers: what server and database worked, ms. */
  readonly work: Samples;
}

interface Slowest {
  ms: number;
  query: string;
  searcher: Searcher;
}

async function measure(world: World, repetitions: number, say: Say) {
  const measured: Measured[] = [];
  const ways = new Map<Way, Samples>();
  const everything = { waited: new Samples(), worked: new Samples() };
  const slowest: Slowest[] = [];
  for (const kind of kinds) {
    const times: Samples[] = [];
    const work = new Samples();
    for (const searcher of world.searchers) {
      const samples = new Samples();
      times.push(samples);
      for (let turn = -1; turn < repetitions; turn += 1) {
        const query = kind.query(world);
        const caller = { tenantId: TENANT, userId: searcher.userId };
        const input = {
          query,
          ...(searcher.conversationId !== undefined && { conversationId: searcher.conversationId }),
        };
        let cursor: string | null = null;
        for (let page = 0; page < (kind.pages ?? 0); page += 1) {
          const answer = await world.search.messages(caller, {
            ...input,
            ...(cursor && { cursor }),
          });
          cursor = answer.next;
          if (cursor === null) break;
        }
        const taken: Way[] = [];
        const before = world.worked();
        const began = performance.now();
        await world.search.messages(caller, { ...input, ...(cursor && { cursor }) }, (way) =>
          taken.push(way),
        );
        const took = performance.now() - began;
        // The first warms up.
        if (turn < 0) continue;
        samples.add(took);
        everything.waited.add(took);
        const spent = world.worked() - before;
        everything.worked.add(spent);
        work.add(spent);
        for (const way of taken.slice(-1)) {
          const of = ways.get(way) ?? new Samples();
          ways.set(way, of);
          of.add(took);
        }
        slowest.push({ ms: spent, query, searcher });
      }
    }
    measured.push({ what: kind.what, times, work });
    say(
      `  ${kind.what}: ${times.map((samples) => `${ms(samples.at(0.5))} / ${ms(samples.at(0.95))}`).join('   ')}`,
    );
  }
  slowest.sort((a, b) => b.ms - a.ms);
  return { measured, ways, everything, slowest: slowest.slice(0, 3) };
}

async function sizes(database: Database): Promise<string> {
  const rows = await database.append<{ name: string; bytes: string | number }>({
    name: 'sizes',
    text: `select name, pg_total_relation_size(name::regclass) as bytes from unnest(array['messages', 'search_documents', 'search_words']) name`,
    values: [],
  });
  return rows.map((row) => `\`${row.name}\` ${mebibytes(Number(row.bytes))}`).join(', ');
}

async function planOf(database: Database, { query, searcher }: Slowest): Promise<string> {
  const plans = await explain(
    database.db,
    (db) =>
      searchOn(db).messages(
        { tenantId: TENANT, userId: searcher.userId },
        { query, ...(searcher.conversationId !== undefined && { conversationId: searcher.conversationId }) },
      ),
    (statement) => statement.includes('from search_documents'),
  );
  // Long lists of ids say nothing.
  return plans.join('\n\n').replace(/\{[0-9a-f-]{36}(?:,[0-9a-f-]{36})+\}/g, '{…}');
}

const spread = (samples: Samples): string =>
  `p50 ${ms(samples.at(0.5))} ms, p95 ${ms(samples.at(0.95))}, p99 ${ms(samples.at(0.99))}, longest ${ms(samples.at(1))}`;

interface Place extends Stoppable {
  readonly database: Database;
  readonly worked: () => number;
}

const ownWork = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Time on a CPU of the processes that this one has started, ms (Linux). */
function workOfChildren(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return children.reduce((sum, child) => {
    try {
      return sum + Number(readFileSync(`/proc/${child}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      // Gone since.
      return sum;
    }
  }, 0);
}

async function openPlace(embedded: boolean): Promise<Place> {
  if (embedded) {
    const database = await openDatabase({});
    return { database, worked: ownWork, stop: () => database.close() };
  }
  const postgres = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
  const database = await openDatabase({
    url: `${postgres.url}?statement_timeout=${STATEMENT_MS}&query_timeout=${STATEMENT_MS}`,
  });
  return {
    database,
    worked: () => ownWork() + workOfChildren(postgres.pid),
    stop: async () => {
      await database.close();
      await postgres.stop();
    },
  };
}

export function runSearch(say: Say, options: Options = presetsOf(flags)): Promise<string> {
  return withStack(openPlace(options.embedded === 1), async (place) => {
    const { database } = place;
    const world = await fill(place, options, say);
    const seconds = await index(database, options.messages, say);
    const { measured, ways, everything, slowest } = await measure(world, options.repetitions, say);
    const [worst] = slowest;
    return [
      `## Search over ${whole(options.messages)} messages, ${options.embedded === 1 ? 'PGlite' : 'PostgreSQL'}`,
      `${whole(options.conversations)} conversations; indexed at ${whole(options.messages / seconds)} messages a second; ${await sizes(database)}.`,
      table(
        ['p50 / p95, ms', ...world.searchers.map((one) => one.what), 'work, all'],
        measured.map(({ what, times, work }) => [
          what,
          ...[...times, work].map((samples) => `${ms(samples.at(0.5))} / ${ms(samples.at(0.95))}`),
        ]),
      ),
      `All ${whole(everything.waited.count)} searches: ${spread(everything.waited)}. Worked by server and database together, whatever else ran on the machine: ${spread(everything.worked)}. ` +
        `By what is read first: ${[...ways].map(([way, samples]) => `${way} ${whole(samples.count)} times, p95 ${ms(samples.at(0.95))}`).join('; ')}.`,
      ...(worst
        ? [
            `### The slowest: \`${worst.query}\`, ${worst.searcher.what}, ${ms(worst.ms)} ms`,
            `\`\`\`\n${await planOf(database, worst)}\n\`\`\``,
          ]
        : []),
    ].join('\n\n');
  });
}

await alone({
  file: import.meta.filename,
  flags,
  pinned: false,
  run: (options, say) => runSearch(say, options),
});
