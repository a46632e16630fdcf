/** Search as people use it: what is found, what is not, and by whom. H5: on both databases. */
import { type Attachment, type Input, KithError, mentionOf, newId, type Output } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { hitsByWords } from '../store/searchHits.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { tenantMark } from './document.ts';
import { createSearchIndexer } from './indexer.ts';

describe.each(databaseKinds)('search on %s', (kind) => {
  let world: World;
  let anna: Caller;
  let ben: Caller;
  let zoe: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    anna = await world.person('Anna');
    ben = await world.person('Ben');
    zoe = await world.person('Zoë');
  });
  afterAll(() => world?.close());

  const index = () =>
    createSearchIndexer({ database: world.database, logger: silentLogger, messages: 7 }).catchUp();

  const search = (
    caller: Caller,
    query: string,
    more: Partial<Input<'searchMessages'>> = {},
  ): Promise<Output<'searchMessages'>> => world.call(caller, 'searchMessages', { query, ...more });

  const textsOf = ({ hits }: Output<'searchMessages'>): string[] =>
    hits.map(({ message: { body } }) =>
      body.type === 'content' && body.content.type === 'plain' ? body.content.text : body.type,
    );

  /** A conversation of Anna and Ben that holds these, oldest first, and is indexed. */
  const holding = async (...texts: string[]): Promise<string> => {
    const group = await world.group([anna, ben]);
    for (const text of texts) await world.send(anna, group, text);
    await index();
    return group;
  };
  /** What of them a query finds, newest first. */
  const found = async (texts: readonly string[], query: string): Promise<string[]> => {
    const conversationId = await holding(...texts);
    return textsOf(await search(ben, query, { conversationId }));
  };

  describe('words', () => {
    it.each([
      ['a word, whatever its case', ['Lunch at noon?', 'nothing'], 'LUNCH', ['Lunch at noon?']],
      ['the newest first', ['tea one', 'tea two'], 'tea', ['tea two', 'tea one']],
      ['all of the words', ['red apple', 'red pear', 'green pear'], 'red pear', ['red pear']],
      ['while it is being typed', ['the documentation is done'], 'docu', ['the documentation is done']],
      ['other forms', ['two meetings today'], 'meeting', ['two meetings today']],
      ['fewer endings than were typed', ['the next meeting'], 'meetings', ['the next meeting']],
      ['the singular of a German plural', ['Das Haus am See'], 'Häuser', ['Das Haus am See']],
      [
        'a part of a German compound',
        ['Treffen am Hauptbahnhofsvorplatz', 'am See'],
        'bahnhof',
        ['Treffen am Hauptbahnhofsvorplatz'],
      ],
      ['without umlauts', ['Über die Brücke'], 'uber brucke', ['Über die Brücke']],
      ['with umlauts nobody typed', ['Uber ist da'], 'über', ['Uber ist da']],
      ['ss for ß', ['Die Straße ist gesperrt'], 'strasse', ['Die Straße ist gesperrt']],
      ['ß for ss', ['Die Strasse ist frei'], 'straße', ['Die Strasse ist frei']],
      ['accents', ['Crème brûlée'], 'creme brulee', ['Crème brûlée']],
      ['Cyrillic', ['Встреча завтра'], 'встреч', ['Встреча завтра']],
      ['Greek with its last sigma', ['Ο ΔΡΟΜΟΣ'], 'δρόμος', ['Ο ΔΡΟΜΟΣ']],
      ['Arabic without vowel signs', ['مُحَمَّد هنا'], 'محمد', ['مُحَمَّد هنا']],
      ['Korean with its particles', ['학교에서 만나요'], '학교', ['학교에서 만나요']],
      ['Chinese', ['我们明天在北京开会', '今天不行'], '北京', ['我们明天在北京开会']],
      ['one Chinese character', ['我们明天在北京开会', '不行'], '会', ['我们明天在北京开会']],
      ['Chinese that only looks alike', ['京北大学', '北京大学'], '北京大', ['北京大学']],
      ['Japanese', ['明日の会議は東京タワーで', 'また来週'], '東京タワー', ['明日の会議は東京タワーで']],
      ['half-width Japanese', ['ﾀﾜｰで会う'], 'タワー', ['ﾀﾜｰで会う']],
      ['Thai', ['พรุ่งนี้ประชุมที่กรุงเทพ', 'ไม่ว่าง'], 'ประชุม', ['พรุ่งนี้ประชุมที่กรุงเทพ']],
      ['Chinese beside Latin', ['用GitHub提交代码'], 'github', ['用GitHub提交代码']],
      ['full-width letters', ['ＡＢＣ计划'], 'abc', ['ＡＢＣ计划']],
      [
        'a part of a URL',
        ['see https://example.com/guides/setup'],
        'guides',
        ['see https://example.com/guides/setup'],
      ],
      [
        'a domain',
        ['see https://example.com/guides', 'com example'],
        'example.com',
        ['see https://example.com/guides'],
      ],
      ['code', ['call `sendMessage()` first'], 'message', ['call `sendMessage()` first']],
      ['an apostrophe', ["I don't know", 'done'], "don't", ["I don't know"]],
      ['an emoji', ['great 🎉', 'sad'], '🎉', ['great 🎉']],
      ['numbers', ['room 4021', 'room 17'], '4021', ['room 4021']],
      ['what looks like syntax', ["it's 100% (a|b) & !c:*"], "100% (a|b) & c:*'", ["it's 100% (a|b) & !c:*"]],
      ['a backslash', ['C:\\Users\\anna'], 'users\\anna', ['C:\\Users\\anna']],
    ])('finds %s', async (_what, texts, query, expected) => {
      expect(await found(texts, query)).toEqual(expected);
    });

    it.each([
      ['a letter missing', 'tomorow'],
      ['a letter too many', 'tommorrow'],
      ['two swapped', 'tomorrwo'],
      ['a wrong one', 'tumorrow'],
      ['two mistakes in a long word', 'accomodatoin'],
    ])('finds a word with %s, and says so', async (_what, query) => {
      const conversationId = await holding('tomorrow we book the accommodation', 'or today');
      const answer = await search(ben, query, { conversationId });
      expect(textsOf(answer)).toEqual(['tomorrow we book the accommodation']);
      expect(answer.corrected).toBe(true);
    });

    it('corrects nothing where something is found as it is written', async () => {
      const conversationId = await holding('a cattle market', 'a castle');
      const answer = await search(ben, 'cattle', { conversationId });
      expect([textsOf(answer), answer.corrected]).toEqual([['a cattle market'], false]);
    });

    it('finds a phrase in its order only, and whole words only', async () => {
      const texts = ['new york city', 'york is new', 'new yorkshire'];
      expect(await found(texts, '"new york"')).toEqual(['new york city']);
      expect(await found(['我在北京', '北上京'], '"北京"')).toEqual(['我在北京']);
    });

    it('leaves out what has a minus', async () => {
      const texts = ['apple pie', 'apple juice', 'plum pie'];
      expect(await found(texts, 'apple -pie')).toEqual(['apple juice']);
      expect(await found(texts, '-pie')).toEqual(['apple juice']);
      expect(await found(texts, 'apple -"apple pie"')).toEqual(['apple juice']);
    });

    it('does not take the id of somebody mentioned for words', async () => {
      const texts = [`ask ${mentionOf(ben.userId)} about it`];
      expect(await found(texts, ben.userId.slice(0, 8))).toEqual([]);
    });

    it('highlights what was found, where it stands', async () => {
      const text = 'Der 🚂 hält am Hauptbahnhof, im BAHNHOF und in 東京都';
      const conversationId = await holding(text);
      const marked = async (query: string) => {
        const { hits } = await search(ben, query, { conversationId });
        return hits[0]?.ranges.map(([start, end]) => text.slice(start, end));
      };
      expect(await marked('bahnhof')).toEqual(['Hauptbahnhof', 'BAHNHOF']);
      expect(await marked('"im bahnhof"')).toEqual(['im BAHNHOF']);
      expect(await marked('東京都')).toEqual(['東京都']);
      expect(await marked('京')).toEqual(['京']);
      expect(await marked('halt from:anna')).toEqual(['hält']);
    });
  });

  describe('operators', () => {
    it('from: a username, a name, or me', async () => {
      const group = await world.group([anna, ben, zoe]);
      await world.send(anna, group, 'plan by anna');
      await world.send(zoe, group, 'plan by zoe');
      await index();
      const of = async (query: string) => textsOf(await search(zoe, query, { conversationId: group }));
      expect(await of('plan from:@anna')).toEqual(['plan by anna']);
      expect(await of('plan from:zoë')).toEqual(['plan by zoe']);
      expect(await of('from:me')).toEqual(['plan by zoe']);
      expect(await of('plan -from:me')).toEqual(['plan by anna']);
      expect(await of('plan from:nobody')).toEqual([]);
      expect(await of(`from:${anna.userId}`)).toEqual(['plan by anna']);
    });

    it('in: a conversation by its name, or by the person', async () => {
      const name = `Küche ${newId().slice(-6)}`;
      const channel = newId();
      await world.call(anna, 'createConversation', { kind: 'channel', conversationId: channel, name });
      const direct = newId();
      await world.call(anna, 'openDirect', { conversationId: direct, userId: zoe.userId });
      await world.send(anna, channel, 'cinnamon here');
      await world.send(anna, direct, 'cinnamon there');
      await index();
      const of = async (query: string) => textsOf(await search(anna, query));
      expect(await of('cinnamon')).toEqual(['cinnamon there', 'cinnamon here']);
      expect(await of(`cinnamon in:"${name.toUpperCase()}"`)).toEqual(['cinnamon here']);
      expect(await of('cinnamon in:kuche')).toEqual(['cinnamon here']);
      expect(await of('cinnamon in:@zoë')).toEqual(['cinnamon there']);
      expect(await of('cinnamon -in:kuche')).toEqual(['cinnamon there']);
      expect(await of('cinnamon in:nowhere')).toEqual([]);
    });

    it('has:link', async () => {
      const texts = ['see https://example.com', 'no link', 'www.example.org too'];
      expect(await found(texts, 'has:link')).toEqual(['www.example.org too', 'see https://example.com']);
      expect(await found(texts, '-has:link')).toEqual(['no link']);
      expect(await found(texts, 'has:poll')).toEqual([]);
    });

    it('has:poll, has:contact, and finds the words in them', async () => {
      const group = await world.group([anna, ben]);
      const attachments: Attachment[] = [
        {
          type: 'poll',
          question: 'Where to eat?',
          options: ['Trattoria', 'Izakaya'],
          multiple: false,
          anonymous: false,
        },
        { type: 'contact', name: 'Dr. Okonkwo', email: 'okonkwo@example.org' },
        { type: 'location', latitude: 1, longitude: 2, label: 'Fernsehturm' },
      ];
      const ids: string[] = [];
      for (const attachment of attachments) {
        const messageId = newId();
        ids.push(messageId);
        const content = { type: 'plain' as const, text: '', attachment };
        await world.call(anna, 'sendMessage', { conversationId: group, messageId, content });
      }
      await index();
      const of = async (query: string) =>
        (await search(ben, query, { conversationId: group })).hits.map(({ message }) =>
          ids.indexOf(message.id),
        );
      expect(await of('has:poll')).toEqual([0]);
      expect(await of('izakaya')).toEqual([0]);
      expect(await of('okonkwo has:contact')).toEqual([1]);
      expect(await of('"okonkwo okonkwo"')).toEqual([]);
      expect(await of('turm')).toEqual([2]);
    });

    it('before:, after:, on:, in the time zone of whoever asks', async () => {
      const group = await world.group([anna, ben]);
      const times = {
        old: '2024-02-29T22:30:00Z',
        mid: '2024-03-01T12:00:00Z',
        late: '2025-07-01T00:00:00Z',
      };
      for (const [text, at] of Object.entries(times)) {
        const { messageId } = await world.send(anna, group, `${text} news`);
        await world.database.db
          .updateTable('messages')
          .set({ created_at: at })
          .where('id', '=', messageId)
          .execute();
      }
      await index();
      const of = async (query: string, timeZone?: string) =>
        textsOf(await search(ben, query, { conversationId: group, ...(timeZone && { timeZone }) })).map(
          (text) => text.split(' ')[0],
        );
      expect(await of('news before:2024-03-01')).toEqual(['old']);
      expect(await of('news on:2024-03')).toEqual(['mid']);
      expect(await of('news on:2024-03', 'Europe/Berlin')).toEqual(['mid']);
      expect(await of('news on:2024-02-29', 'Asia/Tokyo')).toEqual([]);
      expect(await of('news on:2024-03-01', 'Asia/Tokyo')).toEqual(['mid', 'old']);
      expect(await of('news after:2024')).toEqual(['late']);
      expect(await of('on:2024')).toEqual(['mid', 'old']);
      expect(await of('news -before:2025')).toEqual(['late']);
      expect(await of('news -after:2024-02-29')).toEqual(['old']);
      expect(await of('news after:2025 before:2024')).toEqual([]);
      expect(await of('news before:9999-12-31 after:0001')).toEqual(['late', 'mid', 'old']);
    });

    it('an operator there is not is a word', async () => {
      expect(await found(['re:invent 2026', 'invent it'], 're:invent')).toEqual(['re:invent 2026']);
    });
  });

  describe('rights', () => {
    it('S13: finds in what one is in, and from when one is in it', async () => {
      const group = await world.group([anna, ben]);
      await world.send(anna, group, 'quokka early');
      await world.call(anna, 'addMembers', { conversationId: group, userIds: [zoe.userId] });
      await world.send(anna, group, 'quokka late');
      await index();
      expect(textsOf(await search(zoe, 'quokka'))).toEqual(['quokka late']);
      expect((await search(zoe, 'quokka')).total).toBe(1);
      expect(textsOf(await search(ben, 'quokka'))).toEqual(['quokka late', 'quokka early']);
      await world.call(anna, 'removeMember', { conversationId: group, userId: ben.userId });
      expect(textsOf(await search(ben, 'quokka'))).toEqual([]);
      await expect(search(ben, 'quokka', { conversationId: group })).rejects.toThrow(KithError);
    });

    it('reads no document of another tenant, however many there are of a word', async () => {
      const tenantId = await world.tenant(`wordy-${newId()}`);
      const conversationId = await holding('an everywhereword', 'and more');
      await sql`
        insert into search_documents (tenant_id, conversation_id, at, seq, words)
        select ${tenantId}, gen_random_uuid(), now(), n, array_to_tsvector(array[${tenantMark(tenantId)}, 'everywhereword'])
        from generate_series(1, 2000) n`.execute(world.database.db);
      await sql`analyze search_documents`.execute(world.database.db);
      const { places, read } = await world.database.db.transaction().execute(async (trx) => {
        const fetched = async () => {
          const { rows } = await sql<{ fetched: number }>`
            select pg_stat_get_xact_tuples_fetched('search_documents'::regclass)::integer as fetched`.execute(
            trx,
          );
          return rows[0]?.fetched ?? Number.NaN;
        };
        const before = await fetched();
        const hits = await hitsByWords(trx, {
          ...{ tenantId: ben.tenantId, userId: ben.userId, conversationIds: [conversationId] },
          ...{
            tsquery: `'everywhereword'`,
            rarest: `'everywhereword'`,
            from: null,
            until: null,
            after: null,
          },
          limit: 10,
        });
        return { places: hits.places, read: (await fetched()) - before };
      });
      expect(places).toHaveLength(1);
      expect(read).toBeGreaterThan(0);
      expect(read).toBeLessThan(50);
    });

    it('S15: nothing of another tenant, not even its words', async () => {
      const tenantId = await world.tenant(`other-${newId()}`);
      const stranger = await world.person('Stranger', tenantId);
      const theirs = await world.group([stranger]);
      await world.send(stranger, theirs, 'wombat meeting');
      await holding('wombat here');
      expect(textsOf(await search(stranger, 'wombat'))).toEqual(['wombat meeting']);
      expect(textsOf(await search(ben, 'wombat'))).toEqual(['wombat here']);
      expect((await search(ben, 'wombit')).corrected).toBe(true);
      expect(textsOf(await search(stranger, 'from:anna'))).toEqual([]);
    });

    it('S14: nothing of what is encrypted', async () => {
      const group = await world.group([anna, ben]);
      const bytes = Buffer.from('numbat numbat').toString('base64');
      await world.call(anna, 'sendMessage', {
        conversationId: group,
        messageId: newId(),
        content: { type: 'encrypted', scheme: 'test.1', bytes },
      });
      await index();
      expect((await search(ben, 'from:anna', { conversationId: group })).hits).toEqual([]);
    });
  });

  describe('what becomes of a message', () => {
    const wordsInIndex = async (word: string): Promise<number> => {
      const { db } = world.database;
      const rows = await db.selectFrom('search_words').select('count').where('word', '=', word).execute();
      return rows.reduce((sum, row) => sum + row.count, 0);
    };

    it('an edit is found by its new words, and by none that are gone', async () => {
      const group = await world.group([anna, ben]);
      const { messageId } = await world.send(anna, group, 'axolotl salamander');
      await index();
      await world.call(anna, 'editMessage', {
        conversationId: group,
        messageId,
        content: { type: 'plain', text: 'axolotl pangolin' },
      });
      await index();
      expect(textsOf(await search(ben, 'salamander'))).toEqual([]);
      expect(textsOf(await search(ben, 'pangolin'))).toEqual(['axolotl pangolin']);
      expect(await wordsInIndex('salamander')).toBe(0);
      expect(await wordsInIndex('axolotl')).toBe(1);
    });

    it('a deleted one is gone at once, and its words with it', async () => {
      const group = await world.group([anna, ben]);
      const { messageId } = await world.send(anna, group, 'secret capybara');
      await index();
      expect(await wordsInIndex('capybara')).toBe(1);
      await world.call(anna, 'deleteMessage', { conversationId: group, messageId });
      expect(textsOf(await search(ben, 'capybara'))).toEqual([]);
      await index();
      expect(await wordsInIndex('capybara')).toBe(0);
      const { rows } = { rows: await world.database.db.selectFrom('search_documents').selectAll().execute() };
      expect(rows.filter((row) => row.words.includes('capybara'))).toEqual([]);
    });

    it('reactions change nothing of it', async () => {
      const group = await world.group([anna, ben]);
      const { messageId } = await world.send(anna, group, 'tapir');
      await index();
      await world.call(ben, 'addReaction', { conversationId: group, messageId, emoji: '👍' });
      await index();
      const { hits } = await search(ben, 'tapir');
      expect(hits.map((hit) => hit.message.reactions?.[0])).toMatchObject([{ emoji: '👍', mine: true }]);
      expect(await wordsInIndex('tapir')).toBe(1);
    });
  });

  describe('pages', () => {
    it('go on where the last one ended, to the end', async () => {
      const texts = Array.from({ length: 23 }, (_, i) => `page number${i}`);
      const conversationId = await holding(...texts);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const answer = await search(ben, 'page', { conversationId, limit: 5, ...(cursor && { cursor }) });
        if (cursor === undefined) expect(answer.total).toBe(23);
        seen.push(...textsOf(answer));
        cursor = answer.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(texts.toReversed());
    });

    it('a corrected search stays corrected', async () => {
      const conversationId = await holding('kangaroo one', 'kangaroo two');
      const first = await search(ben, 'kangoroo', { conversationId, limit: 1 });
      expect([textsOf(first), first.corrected]).toEqual([['kangaroo two'], true]);
      const second = await search(ben, 'kangoroo', { conversationId, limit: 1, cursor: first.next ?? '' });
      expect([textsOf(second), second.corrected, second.next]).toEqual([['kangaroo one'], true, null]);
    });

    it('long messages come in pages that are not too heavy', async () => {
      const group = await world.group([anna, ben]);
      for (let i = 0; i < 60; i += 1) await world.send(anna, group, `heavy ${'鯨'.repeat(19_000)}`);
      await index();
      const { hits, next } = await search(ben, 'heavy', { conversationId: group, limit: 50 });
      expect(hits.length).toBeLessThan(20);
      expect(next).not.toBeNull();
    }, 60_000);
  });

  it('survives whatever is typed', async () => {
    await holding('hello world');
    const hostile = [
      "'",
      '"',
      '\\',
      '"\\\'',
      '!',
      '-',
      '--',
      '- -',
      ':*',
      '&',
      '|',
      '<->',
      '(((',
      'a:*b',
      "''''",
      '<2>',
      '%',
      '_',
      'from:',
      'from:@',
      'from:"',
      'in:#',
      'has:',
      'has:x',
      'before:',
      'before:2026-13',
      'on:0000',
      '-"',
      '""',
      '" "',
      '\u0301',
      '\u200d',
      '🏳️‍🌈',
      'ﷺ',
      'İi',
      'x'.repeat(250),
      '京'.repeat(250),
      'a '.repeat(125),
      '-a '.repeat(80),
      '"a b" '.repeat(40),
      'from:a '.repeat(30),
      '\ud83d\ude00'.repeat(60),
    ];
    for (const query of hostile) {
      const answer = await search(ben, query);
      expect(answer.hits.length, query).toBeLessThanOrEqual(50);
    }
    await expect(search(ben, 'x', { timeZone: 'Nowhere/At all' })).rejects.toMatchObject({
      code: 'bad_input',
    });
    await expect(search(ben, 'x', { cursor: 'rubbish' })).rejects.toMatchObject({ code: 'bad_input' });
  });
});
