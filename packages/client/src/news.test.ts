import { expect, test } from 'vitest';
import { memoryStorage } from './storage/memory.ts';
import { ANNA, BERT, Harness, textOf } from './testing/harness.ts';
import type { KithClient } from './types.ts';

/** What Anna is told, as text. */
function listen(client: KithClient): string[] {
  const told: string[] = [];
  client.onMessage((message) => {
    if (message.body.type === 'content') told.push(textOf(message));
  });
  return told;
}
const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `message ${from + index}`);

test('what comes while connected is told once, also when an answer or another event overtakes it', async () => {
  const world = new Harness(10);
  const client = await world.live(ANNA);
  const told = listen(client);
  world.server.weather = { delay: 30, lose: 0, double: 0.2, reorder: 0.4, fail: 0 };
  for (let n = 11; n <= 210; n++) {
    world.say(BERT, `message ${n}`);
    // The head that is asked for has the message already; its event is on the way.
    client.core.sync.needHead(world.group);
    await world.clock.pass(world.random() * 120);
  }
  await world.clock.pass(5_000);
  expect(told.toSorted()).toEqual(texts(11, 210).toSorted());
});

test('what came while away is not told, neither of a connection nor of the app', async () => {
  const world = new Harness(3);
  const storage = memoryStorage();
  const client = await world.live(ANNA, storage);
  const told = listen(client);
  world.server.cut(ANNA);
  world.say(BERT, 'message 4');
  await world.clock.pass(30_000);
  expect(told).toEqual([]);
  world.say(BERT, 'message 5');
  await world.clock.pass(1_000);
  expect(told).toEqual(['message 5']);

  await client.stop();
  world.say(BERT, 'message 6');
  const again = world.client(ANNA, storage);
  const heard = listen(again);
  void again.start();
  await world.clock.pass(2_000);
  world.say(BERT, 'message 7');
  await world.clock.pass(1_000);
  expect(heard).toEqual(['message 7']);
});
