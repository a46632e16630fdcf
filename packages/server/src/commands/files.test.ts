/** Files of messages in the database: who has them, until when, on both kinds. */
import { type FileKind, type Input, type MessageFile, newId, type Output } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSweeper } from '../expiry/sweeper.ts';
import { createDueWork } from '../jobs/dueWork.ts';
import { dueKinds } from '../jobs/kinds.ts';
import { documentOf } from '../search/document.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { fileAccess } from './fileAccess.ts';

const PNG = Buffer.from('image/png\n…');
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe.each(databaseKinds)('files of messages on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let bob: Caller;
  let eve: Caller;
  let group: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    [ann, bob, eve] = [await world.person('Ann'), await world.person('Bob'), await world.person('Eve')];
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    group = await world.group([ann, bob]);
  });

  const fileOf = (
    fileId: string,
    fileKind: FileKind = 'file',
    more: Partial<MessageFile> = {},
  ): MessageFile => ({
    fileId,
    kind: fileKind,
    name: 'report.txt',
    mime: 'text/plain',
    size: 1,
    ...more,
  });
  const contentOf = (...files: MessageFile[]): NonNullable<Input<'sendMessage'>['content']> => ({
    type: 'plain',
    text: '',
    attachment: { type: 'files', files },
  });
  const send = async (
    caller: Caller,
    files: MessageFile[],
    more: Partial<Input<'sendMessage'>> = {},
  ): Promise<string> => {
    const messageId = newId();
    await world.call(caller, 'sendMessage', {
      conversationId: group,
      messageId,
      content: contentOf(...files),
      ...more,
    });
    return messageId;
  };
  const filesIn = async (caller: Caller, messageId: string): Promise<readonly MessageFile[]> => {
    const { messages } = await world.call(caller, 'getMessages', {
      conversationId: group,
      messageIds: [messageId],
    });
    const body = messages[0]?.body;
    const content = body?.type === 'content' && body.content.type === 'plain' ? body.content : undefined;
    return content?.attachment?.type === 'files' ? content.attachment.files : [];
  };
  const exists = async (fileId: string): Promise<boolean> =>
    (await world.services.files.states(ann, [fileId])).length > 0;
  const sees = (caller: Caller, messageId: string, fileId: string): Promise<boolean> =>
    fileAccess(world.services, caller, { conversationId: group, messageId, fileId }).then(
      () => true,
      () => false,
    );

  it('M4: the record says what was found, not what was said', async () => {
    const picture = await world.upload(ann, PNG, 'image/png');
    const words = await world.upload(ann, undefined, 'text/plain');
    const messageId = await send(ann, [
      fileOf(picture, 'image', { mime: 'image/gif', size: 9_999, width: 1, height: 1 }),
      fileOf(words, 'image', { width: 5, height: 5, key: 'aaaa', digest: 'bbbb' }),
      fileOf(await world.upload(ann, PNG, 'image/png'), 'voice', { waveform: 'AAAA' }),
    ]);
    const [first, second, third] = await filesIn(bob, messageId);
    expect(first).toEqual(
      fileOf(picture, 'image', { mime: 'image/png', size: PNG.length, width: 640, height: 480 }),
    );
    expect(second).toMatchObject({ kind: 'file', mime: 'text/plain' });
    expect(second).not.toHaveProperty('key');
    expect(third?.kind).toBe('file');
  });

  it('M4: a small picture is one, and one’s own', async () => {
    const small = (fileId: string) => ({ fileId, mime: 'image/png', size: 1, width: 9, height: 9 });
    const picture = await world.upload(ann, PNG, 'image/png');
    const thumbnail = await world.upload(ann, PNG, 'image/png');
    const words = await world.upload(ann, undefined, 'text/plain');
    const messageId = await send(ann, [
      fileOf(picture, 'image', { thumbnail: small(thumbnail) }),
      fileOf(await world.upload(ann, undefined, 'text/plain'), 'file', { thumbnail: small(words) }),
    ]);
    const [first, second] = await filesIn(bob, messageId);
    expect(first?.thumbnail).toEqual({
      fileId: thumbnail,
      mime: 'image/png',
      size: PNG.length,
      width: 640,
      height: 480,
    });
    expect(second?.thumbnail).toBeUndefined();
    expect(await sees(bob, messageId, thumbnail)).toBe(true);
    const foreign = await world.upload(bob, PNG, 'image/png');
    await expect(send(ann, [fileOf(picture, 'image', { thumbnail: small(foreign) })])).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('M2, S15: is to be sent by its owner only', async () => {
    const mine = await world.upload(ann, undefined, 'text/plain');
    await expect(send(bob, [fileOf(mine)])).rejects.toMatchObject({ code: 'not_found' });
    const tenantId = await world.tenant(`files-${kind}-${newId()}`);
    const stranger = await world.person('Stranger', tenantId);
    expect(await world.services.files.states(stranger, [mine])).toEqual([]);
  });

  it('S7: sent again, it is one message, and what it has is counted once', async () => {
    const fileId = await world.upload(ann, undefined, 'text/plain');
    const input = { conversationId: group, messageId: newId(), content: contentOf(fileOf(fileId)) };
    const first = await world.call(ann, 'sendMessage', input);
    expect(await world.call(ann, 'sendMessage', input)).toEqual(first);
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId: input.messageId });
    await world.services.files.sweep();
    expect(await exists(fileId)).toBe(false);
  });

  it('M5: in a thread, and only as far as the message is visible', async () => {
    const root = await world.send(bob, group, 'root');
    const fileId = await world.upload(ann, undefined, 'text/plain');
    const messageId = await send(ann, [fileOf(fileId)], { thread: root.messageId });
    expect(await sees(bob, messageId, fileId)).toBe(true);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [eve.userId] });
    expect(await sees(eve, messageId, fileId)).toBe(false);
    // Under a message that has it not.
    expect(await sees(bob, root.messageId, fileId)).toBe(false);
    const listed = await world.call(bob, 'listShared', { conversationId: group, kind: 'files' });
    expect(listed.messages.map(({ id }) => id)).toEqual([messageId]);
    expect((await world.call(eve, 'listShared', { conversationId: group, kind: 'files' })).messages).toEqual(
      [],
    );
  });

  it('M7: forwarded, it stays when the first is deleted, and goes with the last, also when both go at once', async () => {
    const fileId = await world.upload(ann, undefined, 'text/plain');
    const first = await send(ann, [fileOf(fileId)]);
    const copies: string[] = [];
    for (let n = 0; n < 3; n++) {
      const messageId = newId();
      copies.push(messageId);
      await world.call(bob, 'sendMessage', {
        conversationId: group,
        messageId,
        forward: { conversationId: group, messageId: first },
      });
    }
    expect(await filesIn(ann, copies[0] ?? '')).toEqual(await filesIn(ann, first));
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId: first });
    await world.services.files.sweep();
    expect(await sees(ann, copies[0] ?? '', fileId)).toBe(true);
    await Promise.all(
      copies.map((messageId) => world.call(bob, 'deleteMessage', { conversationId: group, messageId })),
    );
    await world.services.files.sweep();
    expect(await exists(fileId)).toBe(false);
  });

  it('M7: nothing is forwarded of a message that is being deleted', async () => {
    const fileId = await world.upload(ann, undefined, 'text/plain');
    const first = await send(ann, [fileOf(fileId)]);
    const outcomes = await Promise.allSettled([
      world.call(ann, 'deleteMessage', { conversationId: group, messageId: first }),
      ...Array.from({ length: 5 }, () =>
        world.call(bob, 'sendMessage', {
          conversationId: group,
          messageId: newId(),
          forward: { conversationId: group, messageId: first },
        }),
      ),
    ]);
    await world.services.files.sweep();
    const sent = outcomes
      .slice(1)
      .flatMap((one) => (one.status === 'fulfilled' ? [(one.value as Output<'sendMessage'>).messageId] : []));
    for (const messageId of sent) expect(await sees(bob, messageId, fileId)).toBe(true);
    expect(await exists(fileId)).toBe(sent.length > 0);
  });

  it('S17: goes with a message that disappears', async () => {
    const fileId = await world.upload(ann, undefined, 'text/plain');
    await world.call(ann, 'updateConversation', { conversationId: group, disappearAfter: 3_600 });
    const messageId = await send(ann, [fileOf(fileId)]);
    await world.database.db
      .updateTable('messages')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('id', '=', messageId)
      .execute();
    const { database, services } = world;
    const sweeper = createSweeper({
      database,
      conversationLog: services.conversationLog,
      everyMs: 3_600_000,
    });
    await sweeper.sweep();
    await sweeper.close();
    await services.files.sweep();
    expect(await exists(fileId)).toBe(false);
  });

  it('waits with a scheduled message, goes with it, or is let go when it is taken back', async () => {
    const [sent, cancelled] = [
      await world.upload(ann, undefined, 'text/plain'),
      await world.upload(ann, undefined, 'text/plain'),
    ];
    const schedule = async (fileId: string) => {
      const messageId = newId();
      await world.call(ann, 'scheduleMessage', {
        conversationId: group,
        messageId,
        content: contentOf(fileOf(fileId)),
        at: inAnHour(),
      });
      return messageId;
    };
    const [first, second] = [await schedule(sent), await schedule(cancelled)];
    const inFourDays = new Date(Date.now() + 4 * 24 * 3_600_000);
    await world.services.files.sweep(inFourDays);
    expect([await exists(sent), await exists(cancelled)]).toEqual([true, true]);
    // Nobody else sees it before its time.
    expect([await sees(ann, first, sent), await sees(bob, first, sent)]).toEqual([true, false]);
    expect((await world.call(bob, 'listShared', { conversationId: group, kind: 'files' })).messages).toEqual(
      [],
    );
    await world.call(ann, 'cancelScheduled', { messageId: second });
    const work = createDueWork({
      database: world.database,
      work: dueKinds(world.services, () => Date.now() + 7_200_000),
      now: () => Date.now() + 7_200_000,
    });
    await work.round();
    await work.close();
    await world.services.files.sweep(inFourDays);
    expect([await exists(sent), await exists(cancelled)]).toEqual([true, false]);
    expect(await sees(bob, first, sent)).toBe(true);
    const listed = await world.call(bob, 'listShared', { conversationId: group, kind: 'files' });
    expect(listed.messages.map(({ id }) => id)).toEqual([first]);
  });

  it('what was sent is not taken from its message by being planned once more, and taken back', async () => {
    const fileId = await world.upload(ann, undefined, 'text/plain');
    const messageId = newId();
    const input = {
      conversationId: group,
      messageId,
      content: contentOf(fileOf(fileId)),
      at: inAnHour(),
    };
    await world.call(ann, 'scheduleMessage', input);
    await world.call(ann, 'sendScheduledNow', { messageId });
    await world.call(ann, 'scheduleMessage', input);
    await world.call(ann, 'cancelScheduled', { messageId });
    await world.services.files.sweep();
    expect(await sees(bob, messageId, fileId)).toBe(true);
    // Nor is an id of somebody else's message to be had.
    await expect(
      world.call(bob, 'scheduleMessage', { ...input, content: { type: 'plain', text: 'x' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('a scheduled message that is changed has the files of its last version, and no others', async () => {
    const [one, two] = [
      await world.upload(ann, undefined, 'text/plain'),
      await world.upload(ann, undefined, 'text/plain'),
    ];
    const messageId = newId();
    await world.call(ann, 'scheduleMessage', {
      conversationId: group,
      messageId,
      content: contentOf(fileOf(one)),
      at: inAnHour(),
    });
    await expect(
      world.call(ann, 'updateScheduled', { messageId, content: contentOf(fileOf(newId())) }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await world.call(ann, 'updateScheduled', { messageId, content: contentOf(fileOf(two)) });
    await world.services.files.sweep(new Date(Date.now() + 4 * 24 * 3_600_000));
    expect([await exists(one), await exists(two)]).toEqual([false, true]);
    await world.call(ann, 'sendScheduledNow', { messageId });
    expect(await sees(bob, messageId, two)).toBe(true);
  });

  it('M3: what a conversation does not take cannot be forwarded into it either', async () => {
    const there = await world.group([ann, bob]);
    const fileId = await world.upload(ann, undefined, 'text/plain');
    const messageId = await send(ann, [fileOf(fileId)]);
    await world.call(ann, 'updateConversation', { conversationId: there, files: { types: [] } });
    await expect(
      world.call(bob, 'sendMessage', {
        conversationId: there,
        messageId: newId(),
        forward: { conversationId: group, messageId },
      }),
    ).rejects.toMatchObject({ code: 'file_refused' });
  });

  it('M5: whoever was let out sees nothing more of it, not even what they sent', async () => {
    const fileId = await world.upload(bob, undefined, 'text/plain');
    const messageId = await send(bob, [fileOf(fileId)]);
    expect(await sees(bob, messageId, fileId)).toBe(true);
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    expect([await sees(bob, messageId, fileId), await sees(ann, messageId, fileId)]).toEqual([false, true]);
  });

  it('M8: nothing that nobody looked at goes with plain content', async () => {
    const sealed = await world.upload(ann);
    await expect(send(ann, [fileOf(sealed)])).rejects.toMatchObject({ code: 'file_refused' });
    const picture = await world.upload(ann, PNG, 'image/png');
    const thumbnail = { fileId: sealed, mime: 'image/png', size: 1, width: 9, height: 9 };
    await expect(send(ann, [fileOf(picture, 'image', { thumbnail })])).rejects.toMatchObject({
      code: 'file_refused',
    });
  });

  it('M8: of an encrypted message the server knows only which they are', async () => {
    const fileId = await world.upload(ann, Buffer.from('<html>looks like something</html>'));
    const input = {
      conversationId: group,
      messageId: newId(),
      content: { type: 'encrypted' as const, scheme: 'mls.1', bytes: 'AAAA' },
      files: [fileId],
    };
    await world.call(ann, 'sendMessage', input);
    expect(await sees(bob, input.messageId, fileId)).toBe(true);
    expect(await sees(eve, input.messageId, fileId)).toBe(false);
    await expect(
      world.call(ann, 'sendMessage', { ...input, messageId: newId(), content: { type: 'plain', text: 'x' } }),
    ).rejects.toMatchObject({ code: 'bad_input' });
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId: input.messageId });
    await world.services.files.sweep();
    expect(await exists(fileId)).toBe(false);
  });

  it.each(['../x', 'a/b', 'a\\b', 'a\u0000b', 'exe\u202Egpj', '..', ''])(
    'M4: the name %j is none',
    async (name) => {
      const fileId = await world.upload(ann, undefined, 'text/plain');
      await expect(send(ann, [fileOf(fileId, 'file', { name })])).rejects.toMatchObject({
        code: 'bad_input',
        fields: expect.arrayContaining([
          expect.objectContaining({ path: 'content.attachment.files.0.name' }),
        ]),
      });
    },
  );

  it('is found by its name, and by its kind', async () => {
    const fileId = await world.upload(ann, PNG, 'image/png');
    await send(ann, [fileOf(fileId, 'image', { name: 'lighthouse.png' })]);
    const document = documentOf({
      tenant_id: 1,
      author_id: ann.userId,
      kind: 'content',
      text: '',
      attachment: { type: 'files', files: [fileOf(fileId, 'image', { name: 'lighthouse.png' })] },
    });
    expect(document?.lexemes).toEqual(expect.arrayContaining(['lighthouse', '#file', '#image']));
  });
});
