/** Strangers who would know whether they are read, or say more than they may, before they are accepted. */
import { type CommandName, type Input, KithError, limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Caller } from '../services.ts';
import { attack } from '../testing/attacks.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('strangers who write, on %s', (kind) => {
  let world: World;
  let people = 0;
  beforeAll(async () => {
    world = await createWorld(kind, { strangers: true });
  }, 60_000);
  afterAll(() => world?.close());

  const pair = async (): Promise<{ eve: Caller; ben: Caller; id: string }> => {
    people += 1;
    const [eve, ben] = [await world.person(`eve${people}`), await world.person(`ben${people}`)];
    const { head } = await world.call(eve, 'openDirect', { conversationId: newId(), userId: ben.userId });
    return { eve, ben, id: head.conversation.id };
  };
  const tries = async <N extends CommandName>(who: Caller, name: N, input: Input<N>): Promise<string> => {
    try {
      await world.call(who, name, input);
      return 'ok';
    } catch (error) {
      if (!(error instanceof KithError)) throw error;
      return error.fields?.[0]?.reason ?? error.code;
    }
  };

  attack(
    'learn nothing of being received, read or declined',
    'all that tells of marks, asked by the sender before and after each',
    async (saw) => {
      const { eve, ben, id } = await pair();
      const { messageId, seq } = await world.send(eve, id, 'are you there?');
      const seen = async (): Promise<string> => {
        await world.services.receiptLog.settled();
        const conversationIds = [id];
        return JSON.stringify([
          await world.call(eve, 'getHeads', { conversationIds }),
          await world.call(eve, 'getReceipts', { conversationId: id, messageId }),
          (await world.call(eve, 'watch', { conversationIds, userIds: [] })).receipts,
          await world.call(eve, 'changes', { conversationId: id, since: 0 }),
          await world.call(eve, 'listMembers', { conversationId: id }),
        ]);
      };
      const before = await seen();
      const deeds: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['received', () => world.call(ben, 'markDelivered', { marks: [{ conversationId: id, seq }] })],
        ['read', () => world.call(ben, 'markRead', { conversationId: id, seq })],
        ['hidden', () => world.call(ben, 'hideMessages', { conversationId: id, hide: [seq] })],
        ['declined', () => world.call(ben, 'declineRequest', { conversationId: id })],
      ];
      for (const [what, deed] of deeds) {
        await deed();
        saw(what, (await seen()) === before ? 'nothing to see' : 'told', ['nothing to see']);
      }
    },
  );

  attack(
    'say no more than they may, however they try',
    'thirty messages at once, of text and of links; the same ids again; after deleting; with a time; and accepting for the other',
    async (saw) => {
      const { eve, ben, id } = await pair();
      const texts = Array.from({ length: 30 }, (_, n) => (n % 2 ? `https://win.example/${n}` : `win ${n}`));
      const send = (text: string, messageId = newId()): Promise<string> =>
        tries(eve, 'sendMessage', { conversationId: id, messageId, content: { type: 'plain', text } });
      const ids = texts.map(() => newId());
      for (const round of [1, 2]) {
        const all = await Promise.all(texts.map((text, n) => send(text, ids[n])));
        for (const one of all) saw(`round ${round}`, one, ['ok', 'request']);
        expect(all.filter((one) => one === 'ok')).toHaveLength(limits.requestMessages);
      }
      const { messages } = await world.call(ben, 'getHistory', { conversationId: id, limit: 50 });
      expect(messages).toHaveLength(limits.requestMessages);
      expect(JSON.stringify(messages).match(/https:/g)?.length ?? 0).toBeLessThanOrEqual(limits.requestLinks);
      for (const message of messages)
        await world.call(eve, 'deleteMessage', { conversationId: id, messageId: message.id });
      saw('after deleting', await send('win again'), ['request']);
      saw('accepting', await tries(eve, 'acceptRequest', { conversationId: id }), ['ok']);
      saw('after that', await send('win again'), ['request']);
      const { eve: cid } = await pair();
      saw('from outside', await tries(cid, 'acceptRequest', { conversationId: id }), ['not_found']);
      saw('from outside', await tries(cid, 'declineRequest', { conversationId: id }), ['not_found']);
    },
  );
});
