import { newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Accounts } from '../accounts/accounts.ts';
import { ensurePerson } from '../accounts/persons.ts';
import { accountsDb } from '../accounts/tables.ts';
import { createInspector } from '../media/inspect/createInspector.ts';
import type { Services } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { seedDemo } from './demo.ts';
import { handOver } from './handOver.ts';

describe.each(databaseKinds)('the demo on %s', (kind) => {
  let world: World;
  let services: Services;
  const printed: string[] = [];
  beforeAll(async () => {
    // What is shown of a file is what a real look at it found.
    world = await createWorld(kind, { inspector: createInspector() });
    // Signing up without the cost of hashing: what the demo writes is under test, not passwords.
    const signUp: Accounts['signUp'] = async ({ username, name, email }) => {
      const user = { id: newId(), username, name, email };
      await ensurePerson(accountsDb(world.database.db), user);
      return { type: 'signed_in', token: '', cookies: [], user };
    };
    services = { ...world.services, accounts: { ...world.services.accounts, signUp } };
    await seedDemo(services, (line) => printed.push(line));
  });
  afterAll(() => world?.close());

  const owner = async () => {
    const row = await world.database.db
      .selectFrom('users')
      .select('id')
      .where('username', '=', 'ada')
      .executeTakeFirstOrThrow();
    return { tenantId: 1, userId: row.id, sessionId: 'ada', socket: null };
  };

  it('holds some dozen people and some thousand messages, and says how to sign in', async () => {
    const count = await world.database.db
      .selectFrom('messages')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(Number(count.n)).toBeGreaterThan(4_000);
    const ada = await owner();
    expect((await world.call(ada, 'searchUsers', {})).users).toHaveLength(14);
    expect((await world.call(ada, 'getMe', {})).user.role).toBe('owner');
    expect(printed.join('\n')).toContain('ada@demo.example');
  });

  it('is consistent: heads, history and changes agree, and talking goes on', async () => {
    const ada = await owner();
    const { heads } = await world.call(ada, 'sync', {});
    expect(heads.length).toBeGreaterThan(8);
    expect(heads.some((head) => head.mentions > 0)).toBe(true);
    for (const head of heads) {
      const conversationId = head.conversation.id;
      const page = await world.call(ada, 'getHistory', { conversationId, limit: 20 });
      expect(page.messages.at(-1)?.seq).toBe(head.lastSeq);
      const since = await world.call(ada, 'changes', { conversationId, since: Math.max(0, head.rev - 10) });
      const revs = since.type === 'changes' ? since.records.map((record) => record.rev) : [];
      expect(revs).toEqual([...new Set(revs)].sort((a, b) => a - b));
      expect(revs.at(-1)).toBe(head.rev);
      expect((await world.send(ada, conversationId, 'and on')).seq).toBe(head.lastSeq + 1);
    }
  });

  it('has folders for its owner', async () => {
    const ada = await owner();
    const { records } = await world.call(ada, 'getMyChanges', { since: 0 });
    const folders = records.filter((record) => record.type === 'folder');
    expect(folders.map(({ value }) => value?.name)).toEqual(['People', 'Launch']);
    expect(folders[1]?.value?.included).toHaveLength(3);
  });

  it('tells its story in its time, with everything that a message can have', async () => {
    const ada = await owner();
    const { heads } = await world.call(ada, 'sync', {});
    const idOf = (name: string) =>
      heads.find(({ conversation }) => conversation.name === name)?.conversation.id;
    const page = await world.call(ada, 'getHistory', {
      conversationId: idOf('engineering') ?? '',
      limit: 40,
    });
    const times = page.messages.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort());
    expect(page.messages.some(({ replies }) => (replies?.count ?? 0) > 5)).toBe(true);
    expect(page.messages.some(({ pinned }) => pinned !== undefined)).toBe(true);
    expect(page.messages.some(({ poll }) => (poll?.voters ?? 0) > 4)).toBe(true);
    expect(heads.find(({ conversation }) => conversation.name === 'Autumn hike')?.unread).toBe(3);
    expect((await world.call(ada, 'listStickerPacks', {})).packs[0]?.count).toBe(4);
    expect((await world.call(ada, 'listEmoji', {})).emoji.map(({ name }) => name)).toEqual(['persimmon']);
  });

  it('shows photos, recordings and documents among the latest of its conversations', async () => {
    const ada = await owner();
    const { heads } = await world.call(ada, 'sync', {});
    const latest = await Promise.all(
      heads.map(({ conversation }) =>
        world.call(ada, 'getHistory', { conversationId: conversation.id, limit: 15 }),
      ),
    );
    const albums = latest
      .flatMap(({ messages }) => messages)
      .flatMap(({ body }) => {
        const content = body.type === 'content' ? body.content : undefined;
        return content?.type === 'plain' && content.attachment?.type === 'files'
          ? [content.attachment.files]
          : [];
      });
    expect(albums.map(({ length }) => length)).toContain(3);
    const files = albums.flat();
    expect(new Set(files.map(({ kind: what }) => what))).toEqual(
      new Set(['image', 'file', 'voice', 'audio']),
    );
    for (const { kind: what, name, mime, ...file } of files) {
      if (what === 'image') {
        expect(file, name).toMatchObject({
          width: expect.any(Number),
          height: expect.any(Number),
          placeholder: expect.stringMatching(/./),
          thumbnail: { mime: 'image/webp' },
        });
        expect(mime).toBe('image/jpeg');
      } else if (what === 'file') expect(mime, name).toMatch(/^text\/|^application\/pdf$/);
      else expect([mime, file.duration], name).toEqual(['audio/wav', expect.any(Number)]);
      if (what === 'voice') expect(Buffer.from(file.waveform ?? '', 'base64')).toHaveLength(100);
    }
    expect(files.find(({ mime }) => mime === 'application/pdf')?.thumbnail).toBeDefined();
    const names = files.map(({ name }) => name).join(' ');
    for (const script of [/\p{Script=Han}/u, /\p{Script=Arabic}/u, /\p{Script=Latin}/u])
      expect(names).toMatch(script);
  });

  it('leaves out what is not taken here', async () => {
    const large = {
      name: 'large.txt',
      kind: 'file',
      mime: 'text/plain',
      bytes: Buffer.alloc(1_000_001, 'a'),
    } as const;
    const ada = await owner();
    expect(await handOver(services.files, ada, large)).toBeNull();
    const small = { ...large, bytes: Buffer.from('small enough') };
    expect(await handOver(services.files, ada, small)).toMatchObject({ name: 'large.txt', size: 12 });
  });

  it('begins each conversation with its beginning', async () => {
    const ada = await owner();
    const { heads } = await world.call(ada, 'sync', {});
    for (const { conversation } of heads) {
      const { messages } = await world.call(ada, 'getHistory', {
        conversationId: conversation.id,
        after: 0,
        limit: 20,
      });
      const times = messages.map(({ createdAt }) => createdAt);
      expect(times, conversation.name).toEqual([...times].sort());
    }
  });

  it('leaves a service with people alone', async () => {
    const before = await world.call(await owner(), 'searchUsers', {});
    await seedDemo(services, () => undefined);
    expect(await world.call(await owner(), 'searchUsers', {})).toEqual(before);
  });
});
