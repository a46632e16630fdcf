import type { MessageRecord } from '@kith/protocol';
import { describe, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { memoryStorage } from './storage/memory.ts';
import { ANNA, BERT, Harness, textOf } from './testing/harness.ts';

/** What Anna's program is told, as text. */
function listen(client: Client): string[] {
  const told: string[] = [];
  const tell = (message: MessageRecord): void => {
    if (message.body.type === 'content') told.push(textOf(message));
  };
  client.onMessage(tell, { missed: true });
  return told;
}
const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `message ${from + index}`);

describe('every message of others', () => {
  test('is told once and in order, whatever happens to the connection', async () => {
    const world = new Harness();
    world.server.weather = { delay: 5, lose: 0.1, double: 0.1, reorder: 0.2, fail: 0.1 };
    const client = await world.live(ANNA);
    const told = listen(client);
    for (let n = 1; n <= 300; n++) {
      world.say(BERT, `message ${n}`);
      // Sometimes away for a moment, sometimes for long, sometimes in the middle of a burst.
      if (n % 17 === 0) world.server.cut(ANNA);
      if (n % 37 === 0) world.server.down = true;
      if (n % 37 === 15) world.server.down = false;
      if (n % 5 === 0) await world.clock.pass(world.random() * 400);
      if (n % 50 === 0) client.messages.send(world.group, 'my own');
    }
    world.server.down = false;
    await world.clock.pass(120_000);
    expect(told).toEqual(texts(1, 300));
  });

  test('begins after what one has read, also at the next start', async () => {
    const world = new Harness(10);
    const storage = memoryStorage();
    const first = await world.live(ANNA, storage);
    const told = listen(first);
    await world.clock.pass(1_000);
    expect(told).toEqual(texts(1, 10));
    first.conversations.markRead(world.group, 7);
    await world.clock.pass(1_000);
    await first.stop();
    world.say(BERT, 'message 11');
    const second = world.client(ANNA, storage);
    const again = listen(second);
    void second.start();
    await world.clock.pass(2_000);
    expect(again).toEqual(texts(8, 11));
  });

  test('comes without asking for it, while connected', async () => {
    const world = new Harness();
    const client = await world.live(ANNA);
    const told = listen(client);
    await world.clock.pass(1_000);
    const before = world.server.asked.get('getHistory');
    for (let n = 1; n <= 20; n++) {
      world.say(BERT, `message ${n}`);
      await world.clock.pass(50);
    }
    expect(told).toEqual(texts(1, 20));
    expect(world.server.asked.get('getHistory')).toBe(before);
  });
});
