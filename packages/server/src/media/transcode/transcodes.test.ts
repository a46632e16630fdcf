import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type FileKind, type FilesAttachment, type MessageFile, newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileAccess } from '../../commands/fileAccess.ts';
import type { Caller } from '../../services.ts';
import { fileOfMessage } from '../../store/files.ts';
import { claimTranscode, setTranscode } from '../../store/transcodes.ts';
import { createWorld, databaseKinds, type World } from '../../testing/world.ts';
import { createInspector } from '../inspect/createInspector.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { filmOf, PICTURE, probe, SOUND } from '../testing/films.ts';
import { placeOf, type Vault } from '../vault.ts';
import { createTranscodes, type Transcodes, type TranscodesOptions } from './transcodes.ts';

let inspector: Inspector;
/** Not every browser plays it; all do. */
let odd: Buffer;
let plain: Buffer;
/** An AVI by its head alone: nothing can be made of it. */
let broken: Buffer;
beforeAll(async () => {
  inspector = createInspector();
  odd = await filmOf('odd.avi', ...PICTURE, ...SOUND, '-c:v', 'mpeg4', '-c:a', 'mp3', '-shortest');
  plain = await filmOf('plain.mp4', ...PICTURE, '-c:v', 'libx264', '-pix_fmt', 'yuv420p');
  broken = Buffer.alloc(2_000, odd.subarray(0, 16));
});
afterAll(() => inspector.close());

type Parts = Pick<TranscodesOptions, 'database' | 'vault' | 'conversationLog'>;

describe.each(databaseKinds)('films made playable on %s', (kind) => {
  let world: World;
  let parts: Parts;
  /** Does what the test tells it to, when it tells it. */
  let transcodes: Transcodes;
  /** Keeps a message from being written to its end. */
  let hold: (() => Promise<void>) | undefined;
  let ann: Caller;
  let bob: Caller;
  let group: string;

  beforeEach(async () => {
    world = await createWorld(kind, {
      // Closed once, by this file.
      inspector: { ...inspector, close: async () => undefined },
      transcodes: (given) => {
        parts = given;
        transcodes = createTranscodes({ ...given, enabled: true });
        hold = undefined;
        return {
          able: true,
          plan: async (...message) => {
            const planned = await transcodes.plan(...message);
            await hold?.();
            return planned;
          },
          nudge: () => undefined,
        };
      },
    });
    ann = await world.person('Ann');
    bob = await world.person('Bob');
    group = await world.group([ann, bob]);
  });
  afterEach(async () => {
    await transcodes.close();
    await world.close();
  });

  const upload = async (bytes: Buffer): Promise<string> => {
    const id = await world.upload(ann, bytes, 'video/x-anything');
    await expect
      .poll(async () => (await world.call(ann, 'getUploads', { fileIds: [id] })).uploads[0]?.state, {
        timeout: 20_000,
      })
      .toBe('ready');
    return id;
  };
  const send = async (fileId: string, fileKind: FileKind = 'video', to = group): Promise<string> => {
    const messageId = newId();
    const file = { fileId, kind: fileKind, name: 'Film.avi', mime: 'video/vnd.avi', size: 1 };
    await world.call(ann, 'sendMessage', {
      conversationId: to,
      messageId,
      content: { type: 'plain', text: 'look', attachment: { type: 'files', files: [file] } },
    });
    return messageId;
  };
  const messageOf = async (messageId: string, conversationId = group) => {
    const { messages } = await world.call(bob, 'getMessages', { conversationId, messageIds: [messageId] });
    return messages[0]!;
  };
  const filesOf = async (messageId: string, conversationId = group): Promise<readonly MessageFile[]> => {
    const { body } = await messageOf(messageId, conversationId);
    const content = body.type === 'content' && body.content.type === 'plain' ? body.content : undefined;
    return content?.attachment?.type === 'files' ? content.attachment.files : [];
  };
  const stateOf = (fileId: string) =>
    world.database.db
      .selectFrom('transcodes')
      .select(['state', 'attempts', 'progress', 'made_id', 'claimed_until'])
      .where('file_id', '=', fileId)
      .executeTakeFirst();
  const revOf = async (): Promise<number> =>
    (await world.call(bob, 'changes', { conversationId: group, since: 0 })).rev;
  /** Everything that lies in the vault. */
  const kept = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of world.vault.keys(new Date(Date.now() + 60_000))) keys.push(key);
    return keys.sort();
  };
  const erase = (messageId: string, conversationId = group) =>
    world.call(ann, 'deleteMessage', { conversationId, messageId });

  /** A disk so slow that the program waits for the rest of the film. */
  const stuck = () => {
    const { promise: reading, resolve } = Promise.withResolvers<void>();
    const read: Vault['read'] = async (place, from, to) => {
      const slow = new PassThrough();
      slow.write((await buffer(await world.vault.read(place, from, to))).subarray(0, 1_000));
      resolve();
      return slow;
    };
    return { vault: { ...world.vault, read }, reading };
  };

  it('S1: the message says so, its rev rises by one, and everybody who sees it reads it', async () => {
    const fileId = await upload(odd);
    const messageId = await send(fileId);
    const before = await revOf();
    expect((await filesOf(messageId))[0]).not.toHaveProperty('playable');
    await transcodes.round();
    const message = await messageOf(messageId);
    expect(message.rev).toBe(before + 1);
    expect(await revOf()).toBe(before + 1);
    expect(message).not.toHaveProperty('edited');
    expect(world.announced.at(-1)).toMatchObject({ from: before + 1, to: before + 1, records: [message] });
    const [file] = await filesOf(messageId);
    expect(file).toMatchObject({ fileId, mime: 'video/vnd.avi', size: odd.length });
    const playable = file?.playable;
    const key = { tenantId: 1, conversationId: group, messageId };
    const row = await fileOfMessage(world.database.db, key, playable?.fileId ?? '');
    expect(row).toMatchObject({ made: true, used: true, owner_id: ann.userId, state: 'ready' });
    expect(row?.findings).toMatchObject({ mime: 'video/mp4', width: 64, height: 48 });
    const bytes = await buffer(await world.vault.read(placeOf(row!), 0, row!.size));
    expect(playable).toEqual({ fileId: row?.id, mime: 'video/mp4', size: bytes.length });
    expect((await probe(bytes)).streams.map((stream) => stream.codec_name)).toEqual(['h264', 'aac']);
    expect(await stateOf(fileId)).toMatchObject({ state: 'done', progress: 100, claimed_until: null });
    // It is of the house: it counts for nobody's quota.
    expect((await world.call(ann, 'getUploadLimits', {})).usedBytes).toBe(odd.length);
    // Done is done.
    await transcodes.round(Date.now() + 3_600_000);
    expect(await revOf()).toBe(before + 1);
  });

  it('what all browsers play stays as it is; likewise what was sent as a mere file', async () => {
    const fine = await upload(plain);
    await send(fine);
    const file = await upload(odd);
    const sentAsFile = await send(file, 'file');
    const before = await revOf();
    const bytes = await kept();
    await transcodes.round();
    expect(await stateOf(fine)).toMatchObject({ state: 'fine' });
    expect(await stateOf(file)).toBeUndefined();
    expect(await filesOf(sentAsFile)).toHaveLength(1);
    expect([await revOf(), await kept()]).toEqual([before, bytes]);
  });

  it('every message that has the film says so: forwarded before, meanwhile, and after', async () => {
    const other = await world.group([bob, ann]);
    const fileId = await upload(odd);
    const messageId = await send(fileId);
    const forward = async (): Promise<string> => {
      const forwarded = newId();
      await world.call(bob, 'sendMessage', {
        conversationId: other,
        messageId: forwarded,
        forward: { conversationId: group, messageId },
      });
      return forwarded;
    };
    const before = await forward();
    // Another of hers with the same film, too.
    const second = await send(fileId, 'round', other);
    await transcodes.round();
    const playable = (await filesOf(messageId))[0]?.playable;
    expect(playable).toBeDefined();
    const after = await forward();
    // Written when what it was made of did not say so yet, and committed now.
    const late = await send(fileId);
    expect((await filesOf(late))[0]).not.toHaveProperty('playable');
    expect(await stateOf(fileId)).toMatchObject({ state: 'waiting' });
    const stored = await kept();
    await transcodes.round();
    for (const [id, where] of [
      [before, other],
      [second, other],
      [after, other],
      [late, group],
    ] as const)
      expect((await filesOf(id, where))[0]?.playable).toEqual(playable);
    // It was not made a second time.
    expect(await kept()).toEqual(stored);
    expect(await stateOf(fileId)).toMatchObject({ state: 'done' });
    // As long as one message has it, it stays.
    for (const [id, where] of [
      [messageId, group],
      [late, group],
      [before, other],
      [second, other],
    ] as const)
      await erase(id, where).catch(() =>
        world.call(bob, 'deleteMessage', { conversationId: where, messageId: id }),
      );
    await world.services.files.sweep();
    expect(await kept()).toEqual(stored);
    await world.call(bob, 'deleteMessage', { conversationId: other, messageId: after });
    await world.services.files.sweep();
    expect(await kept()).toEqual([]);
    expect(await stateOf(fileId)).toBeUndefined();
  });

  it('deleted before, while or after it is made: nothing is left behind', async () => {
    const first = await send(await upload(odd));
    await erase(first);
    await transcodes.round();
    await world.services.files.sweep();
    expect(await kept()).toEqual([]);

    // Deleted as soon as what was made is kept, before anybody is told; and swept only after that.
    const nudge = vi.spyOn(world.services.files, 'nudge').mockImplementation(() => undefined);
    const fileId = await upload(odd);
    const second = await send(fileId);
    const meanwhile = createTranscodes({
      ...parts,
      enabled: true,
      vault: {
        ...world.vault,
        finish: async (place) => {
          await world.vault.finish(place);
          await erase(second);
        },
      },
    });
    await meanwhile.round();
    nudge.mockRestore();
    expect(await stateOf(fileId)).toMatchObject({ state: 'done' });
    await world.services.files.sweep();
    expect(await kept()).toEqual([]);
    expect((await messageOf(second)).body.type).toBe('deleted');

    // The same, and swept at once, film and all.
    const third = await send(await upload(odd));
    const swept = createTranscodes({
      ...parts,
      enabled: true,
      vault: {
        ...world.vault,
        finish: async (place) => {
          await world.vault.finish(place);
          await erase(third);
          await world.services.files.sweep();
        },
      },
    });
    await swept.round();
    expect(await kept()).toEqual([]);

    const last = await send(await upload(odd));
    await transcodes.round();
    expect(await kept()).toHaveLength(3);
    await erase(last);
    await world.services.files.sweep();
    expect(await kept()).toEqual([]);
  });

  it('a node that stops in the middle leaves it to the next, and it counts as not begun', async () => {
    const fileId = await upload(odd);
    const messageId = await send(fileId);
    const { vault, reading } = stuck();
    const stopping = createTranscodes({ ...parts, enabled: true, vault });
    stopping.nudge();
    await reading;
    expect(await stateOf(fileId)).toMatchObject({ state: 'waiting', attempts: 1 });
    // Nobody else does it at the same time.
    await transcodes.round();
    expect((await filesOf(messageId))[0]).not.toHaveProperty('playable');
    await stopping.close();
    expect(await stateOf(fileId)).toMatchObject({ state: 'waiting', attempts: 0, claimed_until: null });
    await transcodes.round();
    expect((await filesOf(messageId))[0]?.playable).toBeDefined();
  });

  it('a node that dies with it loses nothing: when it has not been heard of for long, another does it', async () => {
    const messageId = await send(await upload(odd));
    const { db } = world.database;
    expect(await claimTranscode(db, Date.now(), 60_000)).not.toBeNull();
    await transcodes.round();
    expect((await filesOf(messageId))[0]).not.toHaveProperty('playable');
    await transcodes.round(Date.now() + 61_000);
    expect((await filesOf(messageId))[0]?.playable).toBeDefined();

    // Also when it died after the film was made, and had told of it here but not there.
    const fileId = await upload(odd);
    const [here, there] = [await send(fileId), await send(fileId)];
    let told = 0;
    const dying = createTranscodes({
      ...parts,
      enabled: true,
      conversationLog: {
        ...parts.conversationLog,
        change: (...change) => {
          told += 1;
          if (told > 1) return Promise.reject(new Error('the node dies'));
          return parts.conversationLog.change(...change);
        },
      },
    });
    await dying.round();
    const stored = await kept();
    const playables = async () =>
      [(await filesOf(here))[0]?.playable, (await filesOf(there))[0]?.playable].filter(Boolean);
    expect(await playables()).toHaveLength(1);
    await transcodes.round(Date.now() + 61_000);
    expect(await playables()).toHaveLength(2);
    expect(new Set((await playables()).map((playable) => playable?.fileId)).size).toBe(1);
    expect(await kept()).toEqual(stored);
  });

  it('a film that is deleted while it is worked on is let go at once; until then nobody takes it away', async () => {
    const fileId = await upload(odd);
    const messageId = await send(fileId);
    const { vault, reading } = stuck();
    const working = createTranscodes({ ...parts, enabled: true, vault, aliveMs: 20 });
    const before = Date.now();
    working.nudge();
    await reading;
    // It says again and again that it is at it.
    const until = async (): Promise<number> => (await stateOf(fileId))?.claimed_until?.getTime() ?? 0;
    const first = await until();
    expect(first).toBeGreaterThan(before);
    await expect.poll(until).toBeGreaterThan(first);
    await erase(messageId);
    await world.services.files.sweep();
    // No close: it ends by itself.
    await working.round();
    await expect.poll(kept).toEqual([]);
    await working.close();
    expect(await stateOf(fileId)).toBeUndefined();
  });

  it.skipIf(kind === 'pglite')(
    'a message that is being written while the last one is told of it, hears of it too',
    async () => {
      const fileId = await upload(odd);
      const first = await send(fileId);
      const other = await world.group([ann, bob]);
      const late = Promise.withResolvers<string>();
      const telling = createTranscodes({
        ...parts,
        enabled: true,
        conversationLog: {
          ...parts.conversationLog,
          change: async (...change) => {
            const told = await parts.conversationLog.change(...change);
            if (hold) return told;
            // Its transaction has asked for it and is not over.
            const { promise, resolve } = Promise.withResolvers<void>();
            const { promise: asked, resolve: hasAsked } = Promise.withResolvers<void>();
            hold = () => {
              hasAsked();
              return promise;
            };
            late.resolve(send(fileId, 'video', other));
            await asked;
            const isWaiting = async () =>
              (
                await sql`select 1 from pg_stat_activity where datname = current_database()
                and wait_event_type = 'Lock' and query like '%"transcodes"%'`.execute(world.database.db)
              ).rows.length > 0;
            void expect.poll(isWaiting, { timeout: 10_000 }).toBe(true).finally(resolve);
            return told;
          },
        },
      });
      await telling.round();
      for (const [id, where] of [
        [first, group],
        [await late.promise, other],
      ] as const)
        expect((await filesOf(id, where))[0]?.playable).toBeDefined();
    },
  );

  it('what nothing can be made of is tried twice, and keeps nobody waiting', async () => {
    const bad = await upload(broken);
    const first = await send(bad);
    const good = await send(await upload(odd));
    await transcodes.round();
    expect(await stateOf(bad)).toMatchObject({ state: 'failed', attempts: 2 });
    expect((await filesOf(first))[0]).not.toHaveProperty('playable');
    expect((await filesOf(good))[0]?.playable).toBeDefined();
  });

  it('a database that is away for a moment does not count as an attempt', async () => {
    const fileId = await upload(odd);
    await send(fileId);
    const read: Vault['read'] = async () => {
      throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    const node = createTranscodes({ ...parts, vault: { ...world.vault, read }, enabled: true });
    await node.round();
    await node.close();
    expect(await stateOf(fileId)).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  it('M7: who may see a film is told how far it is, nobody else', async () => {
    const standing = (messageId: string, fileId: string, who = bob) =>
      world.call(who, 'getTranscoding', { conversationId: group, messageId, fileId });
    const [fine, bad, odds] = [await upload(plain), await upload(broken), await upload(odd)];
    const sent = [await send(fine), await send(bad), await send(odds)] as const;
    expect(await standing(sent[2], odds)).toEqual({ state: 'waiting', progress: 0 });
    const { db } = world.database;
    const claims = [];
    for (let i = 0; i < 3; i++) claims.push(await claimTranscode(db, Date.now(), 60_000));
    const mine = claims.find((claim) => claim?.fileId === odds);
    await setTranscode(db, mine!, { progress: 40 });
    expect(await standing(sent[2], odds)).toEqual({ state: 'running', progress: 40 });
    // Not heard of for longer than a node is waited for.
    await setTranscode(db, mine!, { claimed_until: new Date(Date.now() - 1_000) });
    expect(await standing(sent[2], odds)).toEqual({ state: 'waiting', progress: 40 });
    await transcodes.round(Date.now() + 61_000);
    expect(await standing(sent[2], odds)).toEqual({ state: 'done', progress: 100 });
    expect(await standing(sent[0], fine)).toMatchObject({ state: 'none' });
    expect(await standing(sent[1], bad)).toMatchObject({ state: 'failed' });
    const eve = await world.person('Eve');
    await expect(standing(sent[2], odds, eve)).rejects.toMatchObject({ code: 'not_found' });
    await expect(standing(sent[2], fine)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('one that took two nodes with it does not get a third', async () => {
    const fileId = await upload(odd);
    await send(fileId);
    const { db } = world.database;
    const now = Date.now();
    await claimTranscode(db, now, 1_000);
    await claimTranscode(db, now + 2_000, 1_000);
    const before = await revOf();
    await transcodes.round(now + 4_000);
    expect(await stateOf(fileId)).toMatchObject({ state: 'failed' });
    expect(await revOf()).toBe(before);
  });

  it('two nodes at once make it once', async () => {
    const other = createTranscodes({ ...parts, enabled: true });
    const sent = [await send(await upload(odd)), await send(await upload(odd))];
    const before = await revOf();
    await Promise.all([transcodes.round(), other.round()]);
    for (const messageId of sent) expect((await filesOf(messageId))[0]?.playable).toBeDefined();
    expect(await revOf()).toBe(before + 2);
  });

  it('whoever may see the message may read what was made, nobody else', async () => {
    const messageId = await send(await upload(odd));
    await transcodes.round();
    const fileId = (await filesOf(messageId))[0]?.playable?.fileId ?? '';
    const address = { conversationId: group, messageId, fileId };
    const { row } = await fileAccess(world.services, bob, address);
    expect(row.id).toBe(fileId);
    const eve = await world.person('Eve');
    await expect(fileAccess(world.services, eve, address)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('without the program, or switched off, nothing is planned', async () => {
    const fileId = await upload(odd);
    for (const without of [
      createTranscodes({ ...parts, enabled: true, path: '' }),
      createTranscodes({ ...parts, enabled: false }),
    ]) {
      const planned = await world.database.db
        .transaction()
        .execute((trx) => without.plan(trx, 1, [{ fileId, kind: 'video' }]));
      expect(planned).toBe(false);
      without.nudge();
      await without.round();
      await without.close();
    }
    expect(await stateOf(fileId)).toBeUndefined();
  });

  it('its text can be changed afterwards, and it stays playable', async () => {
    const messageId = await send(await upload(odd));
    const before = [...(await filesOf(messageId))];
    await transcodes.round();
    const edit = (text: string, attachment?: FilesAttachment) =>
      world.call(ann, 'editMessage', {
        conversationId: group,
        messageId,
        content: { type: 'plain', text, ...(attachment && { attachment }) },
      });
    await edit('look here');
    // By an app that has not heard of it yet, or that says all it knows.
    await edit('look there', { type: 'files', files: before });
    await edit('look', { type: 'files', files: [...(await filesOf(messageId))] });
    const { edited } = await messageOf(messageId);
    expect(edited?.count).toBe(3);
    await edit('look', { type: 'files', files: before });
    expect((await messageOf(messageId)).edited).toEqual(edited);
    const other = before.map((file) => ({ ...file, name: 'Other.avi' }));
    await expect(edit('look', { type: 'files', files: other })).rejects.toMatchObject({ code: 'conflict' });
    expect((await filesOf(messageId))[0]?.playable).toBeDefined();
  });
});
