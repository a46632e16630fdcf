/** What strangers write first (A25), with everything real but the mail. */
import { KithError, limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { erasePerson } from '../deletion/erasePerson.ts';
import type { Caller } from '../services.ts';
import { planDeletion } from '../store/deletion.ts';
import { ownValue } from '../store/own.ts';
import { openGateway } from '../testing/gatewayWorld.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { dispatch } from './dispatch.ts';

describe.each(databaseKinds)('requests on %s', (kind) => {
  let world: World;
  let ada: Caller;
  let ben: Caller;
  let people = 0;
  const person = (role: 'member' | 'admin' = 'member'): Promise<Caller> => {
    people += 1;
    return world.person(`r${people}`, 1, role);
  };
  beforeAll(async () => {
    world = await createWorld(kind, { strangers: true });
  }, 60_000);
  afterAll(() => world?.close());
  beforeEach(async () => {
    [ada, ben] = [await person(), await person()];
  });

  const open = async (who = ada, whom = ben): Promise<string> =>
    (await world.call(who, 'openDirect', { conversationId: newId(), userId: whom.userId })).head.conversation
      .id;
  const request = (who: Caller, id: string) => ownValue(world.database.db, who, 'request', id);
  const marksFor = async (who: Caller, id: string) => {
    await world.services.receiptLog.settled();
    const { receipts } = await world.call(who, 'watch', { conversationIds: [id], userIds: [] });
    return receipts[0]?.marks.find((mark) => mark.userId !== who.userId);
  };
  const reason = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'ok';
    } catch (error) {
      if (!(error instanceof KithError)) throw error;
      return error.fields?.[0]?.reason ?? error.code;
    }
  };
  const accept = (who: Caller, conversationId: string) =>
    world.call(who, 'acceptRequest', { conversationId });

  it('is what a stranger opens; not what somebody known, an admin or oneself does', async () => {
    const id = await open();
    expect(await request(ben, id)).toMatchObject({ by: ada.userId });
    expect(await request(ada, id)).toBeNull();
    // The other opens what is there: still a request, until they say something.
    expect(await open(ben, ada)).toBe(id);
    expect(await request(ben, id)).not.toBeNull();

    const admin = await person('admin');
    expect(await request(ben, await open(admin, ben))).toBeNull();
    expect(await request(ada, await open(ada, ada))).toBeNull();
    const cid = await person();
    await world.group([ada, cid]);
    expect(await request(cid, await open(ada, cid))).toBeNull();
  });

  it('S9: tells nothing of who has not accepted: no marks, none in the list of receipts, no typing', async () => {
    const id = await open();
    const { messageId, seq } = await world.send(ada, id, 'hello');
    const heard: string[] = [];
    const services = {
      ...world.services,
      typing: { notify: (_t: number, _c: string, userId: string) => void heard.push(userId) },
    };
    for (const who of [ada, ben])
      await dispatch(services, who, 'typing', { conversationId: id, active: true });
    expect(heard).toEqual([]);

    await world.call(ben, 'markDelivered', { marks: [{ conversationId: id, seq }] });
    const counts = await world.call(ben, 'markRead', { conversationId: id, seq });
    // One's own devices agree; nobody else knows.
    expect(counts).toMatchObject({ readSeq: seq, unread: 0 });
    expect(await marksFor(ada, id)).toMatchObject({ deliveredSeq: 0, readSeq: 0 });
    const { heads } = await world.call(ada, 'getHeads', { conversationIds: [id] });
    expect(heads[0]).toMatchObject({ othersDeliveredSeq: 0, othersReadSeq: 0 });
    const list = await world.call(ada, 'getReceipts', { conversationId: id, messageId });
    expect(list.receipts).toEqual([{ userId: ben.userId, deliveredAt: null, readAt: null }]);

    await accept(ben, id);
    expect(await marksFor(ada, id)).toMatchObject({ deliveredSeq: seq, readSeq: seq });
    expect(await request(ben, id)).toBeNull();
    await dispatch(services, ben, 'typing', { conversationId: id, active: true });
    expect(heard).toEqual([ben.userId]);
    // S7: a repetition changes nothing.
    await accept(ben, id);
    const next = await world.send(ada, id, 'again');
    await world.call(ben, 'markRead', { conversationId: id, seq: next.seq });
    expect(await marksFor(ada, id)).toMatchObject({ readSeq: next.seq });
  });

  it('S9: accepting tells no reading of who lets nobody know', async () => {
    await world.call(ben, 'updateSettings', { privacy: { receipts: false } });
    const id = await open();
    const { seq } = await world.send(ada, id, 'hello');
    await world.call(ben, 'markRead', { conversationId: id, seq });
    await accept(ben, id);
    expect(await marksFor(ada, id)).toMatchObject({ deliveredSeq: seq, readSeq: 0 });
  });

  it('takes some messages of mere text, links in one, and no more until it is accepted', async () => {
    const id = await open();
    const first = await world.send(ada, id, 'see https://example.org');
    expect(await reason(world.send(ada, id, 'and https://example.com'))).toBe('request');
    const plain = await world.send(ada, id, 'words');
    const edit = (text: string, messageId: string) =>
      world.call(ada, 'editMessage', { conversationId: id, messageId, content: { type: 'plain', text } });
    expect(await reason(edit('https://example.com', plain.messageId))).toBe('request');
    await edit('https://example.com', first.messageId);
    const fileId = await world.upload(ada, Buffer.from('words'), 'text/plain');
    expect(await reason(world.sendFile(ada, id, fileId))).toBe('request');
    const poll = {
      type: 'poll' as const,
      question: 'Yes?',
      options: ['a', 'b'],
      multiple: false,
      anonymous: false,
    };
    const more = {
      pin: world.call(ada, 'pinMessage', { conversationId: id, messageId: first.messageId }),
      timer: world.call(ada, 'updateConversation', { conversationId: id, disappearAfter: 86_400 }),
      reaction: world.call(ada, 'addReaction', {
        conversationId: id,
        messageId: first.messageId,
        emoji: '👍',
      }),
    };
    for (const one of Object.values(more)) expect(await reason(one)).toBe('forbidden');
    expect(
      await reason(
        world.call(ada, 'sendMessage', {
          conversationId: id,
          messageId: newId(),
          content: { type: 'plain', text: '', attachment: poll },
        }),
      ),
    ).toBe('request');
    const elsewhere = await world.group([ada]);
    const source = await world.send(ada, elsewhere, 'words');
    expect(
      await reason(
        world.call(ada, 'sendMessage', {
          conversationId: id,
          messageId: newId(),
          forward: { conversationId: elsewhere, messageId: source.messageId },
        }),
      ),
    ).toBe('request');
    expect(await reason(world.reply(ada, id, first.messageId, 'in a thread'))).toBe('request');
    for (let n = 2; n < limits.requestMessages; n += 1) await world.send(ada, id, `message ${n}`);
    // Side by side no more than one after the other; and deleting makes no room.
    const tried = await Promise.all([1, 2, 3].map((n) => reason(world.send(ada, id, `more ${n}`))));
    expect(new Set(tried)).toEqual(new Set(['request']));
    await world.call(ada, 'deleteMessage', { conversationId: id, messageId: first.messageId });
    expect(await reason(world.send(ada, id, 'one more'))).toBe('request');
    await accept(ben, id);
    expect(await reason(world.send(ada, id, 'https://example.com'))).toBe('ok');
  });

  it('S7: a repeated message has its first answer, though the bound is reached', async () => {
    const id = await open();
    const messageId = newId();
    const input = { conversationId: id, messageId, content: { type: 'plain' as const, text: 'once' } };
    const sent = await world.call(ada, 'sendMessage', input);
    for (let n = 1; n < limits.requestMessages; n += 1) await world.send(ada, id, `message ${n}`);
    expect(await world.call(ada, 'sendMessage', input)).toEqual(sent);
  });

  it('is accepted by whoever writes or reacts in it, whichever way the message comes', async () => {
    const answers: ((id: string, messageId: string) => Promise<unknown>)[] = [
      (id) => world.send(ben, id, 'hello'),
      (conversationId, messageId) =>
        world.call(ben, 'addReaction', { conversationId, messageId, emoji: '👍' }),
      async (id) => world.sendFile(ben, id, await world.upload(ben, Buffer.from('words'), 'text/plain')),
    ];
    for (const answer of answers) {
      [ada, ben] = [await person(), await person()];
      const id = await open();
      const { messageId, seq } = await world.send(ada, id, 'hello');
      await world.call(ben, 'markRead', { conversationId: id, seq });
      await answer(id, messageId);
      expect(await request(ben, id)).toBeNull();
      expect(await marksFor(ada, id)).toMatchObject({ readSeq: seq });
      for (let n = 0; n < limits.requestMessages; n += 1) await world.send(ada, id, `message ${n}`);
    }
  });

  it('both write at the same instant: everything arrives, and it is accepted', async () => {
    const id = await open();
    const sent = await Promise.all([
      ...[1, 2, 3].map((n) => world.send(ada, id, `from ada ${n}`)),
      ...[1, 2, 3].map((n) => world.send(ben, id, `from ben ${n}`)),
    ]);
    expect(new Set(sent.map(({ seq }) => seq)).size).toBe(6);
    expect(await request(ben, id)).toBeNull();
  });

  it('marks and accepting at the same instant: no mark is lost', async () => {
    for (let round = 0; round < 5; round += 1) {
      [ada, ben] = [await person(), await person()];
      const id = await open();
      const { seq } = await world.send(ada, id, 'hello');
      await Promise.all([world.call(ben, 'markRead', { conversationId: id, seq }), accept(ben, id)]);
      expect(await marksFor(ada, id)).toMatchObject({ deliveredSeq: seq, readSeq: seq });
    }
  });

  it('many strangers at once, and in a circle: none waits for ever', async () => {
    const all = [ada, ben, await person(), await person()];
    const ids = await Promise.all(
      all.flatMap((who, n) => [open(who, all[(n + 1) % 4] as Caller), open(who, all[(n + 2) % 4] as Caller)]),
    );
    // Of two who open the same at once, one began it.
    expect(new Set(ids).size).toBe(6);
  });

  it('declined, it stays out of sight with what comes later; it may be accepted still, and accepted is final', async () => {
    const id = await open();
    await world.send(ada, id, 'hello');
    await world.call(ben, 'declineRequest', { conversationId: id });
    await world.send(ada, id, 'are you there?');
    expect(await request(ben, id)).toMatchObject({ by: ada.userId, declined: true });
    expect(await marksFor(ada, id)).toMatchObject({ deliveredSeq: 0, readSeq: 0 });
    await accept(ben, id);
    const { record } = await world.call(ben, 'declineRequest', { conversationId: id });
    expect(record.value).toBeNull();
    // Who wrote declines nothing for the other.
    const other = await open(ada, await person());
    expect((await world.call(ada, 'declineRequest', { conversationId: other })).record.value).toBeNull();
    expect((await world.call(ada, 'acceptRequest', { conversationId: other })).record.value).toBeNull();
    for (let n = 0; n < limits.requestMessages; n += 1) await world.send(ada, other, `message ${n}`);
    expect(await reason(world.send(ada, other, 'one more'))).toBe('request');
  });

  it('of who is nobody any more is out of sight, and waits for nobody who is', async () => {
    const bury = async ({ tenantId, userId }: Caller): Promise<void> => {
      const at = new Date();
      await world.database.db
        .transaction()
        .execute((trx) => planDeletion(trx, { tenantId, userId }, { at, messages: 'keep' }));
      const row = { tenantId, userId, kind: 'account_deletion', id: userId } as const;
      await erasePerson(world.services, row, () => at.getTime() + 1);
    };
    const id = await open();
    await world.send(ada, id, 'hello');
    await bury(ada);
    expect(await request(ben, id)).toMatchObject({ declined: true });

    const cleo = await person();
    const other = await open(cleo, ben);
    await world.send(cleo, other, 'hello');
    await bury(ben);
    const rows = await world.database.db
      .selectFrom('conversations')
      .select('request_to')
      .where('id', 'in', [id, other])
      .execute();
    expect(rows).toEqual([{ request_to: null }, { request_to: null }]);
    expect(await reason(world.send(cleo, other, 'are you there?'))).toBe('forbidden');
  });

  it('is told to all devices of who was written to, and that it was accepted', async () => {
    const gateway = await openGateway(world);
    const devices = [await gateway.connect(ben), await gateway.connect(ben)];
    const id = await open();
    const told = async (by: string | undefined): Promise<void> => {
      for (const device of devices)
        await device.next('event', ({ event }) => {
          const [record] = event.type === 'user' ? event.records : [];
          return record?.type === 'request' && record.key === id && record.value?.by === by;
        });
    };
    await told(ada.userId);
    await accept(ben, id);
    await told(undefined);
    await gateway.close();
  });
});
