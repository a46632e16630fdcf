import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { type GatewayWorld, openGateway } from '../testing/gatewayWorld.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

/** As long as a message gets on the wire: what JSON has to escape takes six bytes a character. */
const LONGEST = '\u0001'.repeat(limits.textLength - 1).concat('x');
/** Dozens of them, written over sockets to a database that shares the core. */
const PATIENCE_MS = 60_000;

describe.each(databaseKinds)('pages of the longest messages on %s', (kind) => {
  let world: World;
  let gateway: GatewayWorld;
  let ann: Caller;
  let ben: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    gateway = await openGateway(world);
    [ann, ben] = [await world.person('Ann'), await world.person('Ben')];
  });
  afterAll(async () => {
    await gateway?.close();
    await world?.close();
  });

  it(
    'S12: whoever reads what they asked for is no slow consumer, however long others write',
    async () => {
      const group = await world.group([ann, ben]);
      for (let i = 0; i < 40; i += 1) await world.send(ann, group, LONGEST);
      const client = await gateway.connect(ben);
      const page = await client.request('getHistory', { conversationId: group, limit: 40 });
      expect(page.messages.length).toBeGreaterThan(0);
      expect(page.messages.at(-1)?.seq).toBe(page.lastSeq);
      client.ws.close();
    },
    PATIENCE_MS,
  );

  it(
    'S2, E3: pages that end early lead on to everything',
    async () => {
      const conversationId = await world.group([ann, ben]);
      const sent: number[] = [];
      for (let i = 0; i < 25; i += 1) sent.push((await world.send(ann, conversationId, LONGEST)).seq);
      const walked: number[] = [];
      for (let after = (sent[0] ?? 0) - 1, atEnd = false; !atEnd; ) {
        const page = await world.call(ben, 'getHistory', { conversationId, after });
        expect(JSON.stringify(page).length).toBeLessThan(limits.pageBytes + 200_000);
        walked.push(...page.messages.map((message) => message.seq));
        after = walked.at(-1) ?? 0;
        atEnd = page.atEnd;
      }
      expect(walked).toEqual(sent);
      const told: number[] = [];
      for (let since = 0, more = true; more; ) {
        const page = await world.call(ben, 'changes', { conversationId, since });
        if (page.type !== 'changes') throw new Error('a page was expected');
        for (const record of page.records) told.push(record.rev);
        since = page.rev;
        more = page.more;
      }
      // One record has the rev of a later change, so that a rev may be missing; none is told twice or out of order.
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      expect(told.length).toBeGreaterThanOrEqual(sent.length);
    },
    PATIENCE_MS,
  );

  it(
    'S6: the heads of many conversations, each with the longest preview, come to their end',
    async () => {
      const groups = new Set<string>();
      for (let i = 0; i < 40; i += 1) {
        const conversationId = newId();
        groups.add(conversationId);
        await world.call(ann, 'createConversation', {
          kind: 'group',
          conversationId,
          name: 'G',
          userIds: [ben.userId],
        });
        await world.send(ann, conversationId, LONGEST);
      }
      const client = await gateway.connect(ben);
      let next: string | undefined;
      do {
        const page = await client.request('sync', next === undefined ? {} : { next });
        for (const head of page.heads) groups.delete(head.conversation.id);
        next = page.next ?? undefined;
      } while (next !== undefined);
      expect(groups.size).toBe(0);
      client.ws.close();
    },
    PATIENCE_MS,
  );
});
