/** People and channels are found however their names are typed. H5: on both databases. */

import { newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { peopleNamed } from './users.ts';

const NAMES = [
  'José Álvarez',
  'Zoë Straße',
  'Łukasz Øre',
  'Ærøskøbing',
  'Ωμέγας',
  'Фёдор Ёлкин',
  'İpek Işık',
  'שָׁלוֹם',
  'مُحَمَّد',
  'नमस्ते',
  '田中',
  '100%_a\\b',
];

describe.each(databaseKinds)('folded names on %s', (kind) => {
  let world: World;
  let anna: Caller;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    world = await createWorld(kind);
    anna = await world.person('Anna');
    for (const name of NAMES) {
      const one = await world.person(name);
      ids.set(one.userId, name);
      await world.call(one, 'updateProfile', { displayName: name });
    }
  });
  afterAll(() => world?.close());

  const found = async (query: string): Promise<string[]> =>
    (await world.call(anna, 'searchUsers', { query })).users.map(({ displayName }) => displayName);

  it.each([
    ['jose', 'José Álvarez'],
    ['JOSÉ', 'José Álvarez'],
    ['Jose\u0301', 'José Álvarez'],
    ['alva', 'José Álvarez'],
    ['jose al', 'José Álvarez'],
    ['strasse', 'Zoë Straße'],
    ['STRAẞE', 'Zoë Straße'],
    ['zoe', 'Zoë Straße'],
    ['lukasz', 'Łukasz Øre'],
    ['ore', 'Łukasz Øre'],
    ['aeroskob', 'Ærøskøbing'],
    ['ωμεγασ', 'Ωμέγας'],
    ['елкин', 'Фёдор Ёлкин'],
    ['ipek isik', 'İpek Işık'],
    ['שלום', 'שָׁלוֹם'],
    ['محمد', 'مُحَمَّد'],
    ['नमस्ते', 'नमस्ते'],
    ['田', '田中'],
    ['100%_', '100%_a\\b'],
  ])('“%s” finds %s', async (typed, name) => {
    expect(await found(typed)).toEqual([name]);
    expect(ids.get((await peopleNamed(world.database.db, anna.tenantId, typed, 5))[0] ?? '')).toBe(name);
  });

  it('a typed % or _ is no pattern, and a middle of a word no beginning', async () => {
    for (const typed of ['%', '_', 'os', 'rasse', '10__']) expect(await found(typed)).toEqual([]);
  });

  it('pages go on in the order of the folded names', async () => {
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.call(anna, 'searchUsers', {
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      });
      all.push(...page.users.map(({ displayName }) => displayName));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(all.toSorted()).toEqual([...NAMES, 'Anna'].toSorted());
    expect(all.indexOf('José Álvarez')).toBeLessThan(all.indexOf('Łukasz Øre'));
    expect(all.indexOf('Łukasz Øre')).toBeLessThan(all.indexOf('Zoë Straße'));
  });

  it('finds members and public channels the same way', async () => {
    const group = await world.group([anna]);
    const jose = [...ids].find(([, name]) => name === 'José Álvarez')?.[0] ?? '';
    await world.call(anna, 'addMembers', { conversationId: group, userIds: [jose] });
    const { members } = await world.call(anna, 'listMembers', { conversationId: group, query: 'alvarez' });
    expect(members.map(({ userId }) => userId)).toEqual([jose]);
    const conversationId = newId();
    await world.call(anna, 'createConversation', {
      kind: 'channel',
      conversationId,
      name: 'Café Größe',
      visibility: 'public',
    });
    for (const query of ['#cafe', 'grosse', 'CAFÉ G'])
      expect((await world.call(anna, 'listChannels', { query })).channels.map(({ name }) => name)).toEqual([
        'Café Größe',
      ]);
    expect((await world.call(anna, 'listChannels', { query: 'afe' })).channels).toEqual([]);
  });

  it('pages by an index', async () => {
    const plans = await world.database.db.transaction().execute(async (trx) => {
      await sql`set local enable_seqscan = off`.execute(trx);
      await sql`set local enable_sort = off`.execute(trx);
      const explain = async (query: string) => {
        const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${sql.raw(query)}`.execute(trx);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      };
      return [
        await explain(
          `select id from users where tenant_id = 1 and (folded_name, id) > ('a', '${newId()}') order by folded_name, id limit 5`,
        ),
        await explain(
          `select id from conversations c where tenant_id = 1 and kind = 'channel' and visibility = 'public' order by folded(c.name), id limit 5`,
        ),
      ];
    });
    expect(plans[0]).toContain('users_by_name');
    expect(plans[1]).toContain('conversations_public');
  });
});
