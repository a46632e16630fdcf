import type { MessageRecord } from '@kith/protocol';
import { describe, expect, test } from 'vitest';
import { Expiry } from './expiry.ts';
import { ANNA, BERT, Harness, textOf, textsOf } from './testing/harness.ts';
import { VirtualClock } from './testing/virtualClock.ts';

const inMs = (clock: VirtualClock, ms: number): string => new Date(clock.now() + ms).toISOString();

describe('when a message is over', () => {
  test('those who asked are told, conversation by conversation, with one timer', async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const record = (conversationId: string, ms: number) => ({ conversationId, expiresAt: inMs(clock, ms) });
    const late = record('a', 9_000_000);
    const expiry: Expiry = new Expiry(clock, (id) => {
      told.push(id);
      // As one who shows it: asks for what is left.
      if (id === 'a') expiry.isOver(late);
    });
    const soon = record('a', 1_000);
    expect([late, record('b', 2_000), soon].map((each) => expiry.isOver(each))).toEqual([
      false,
      false,
      false,
    ]);
    await clock.pass(999);
    expect(told).toEqual([]);
    await clock.pass(1);
    expect([told, expiry.isOver(soon)]).toEqual([['a'], true]);
    await clock.pass(1_000);
    expect(told).toEqual(['a', 'b']);
    await clock.pass(9_000_000);
    expect(told).toEqual(['a', 'b', 'a']);
  });

  test('it leaves timeline, list, quotes and pins at that moment, before the server says so', async () => {
    const world = new Harness(2);
    const fleeting = world.say(BERT, 'fleeting');
    const { messages } = world.server.world.conversations.get(world.group)!;
    const place = messages.findIndex(({ id }) => id === fleeting);
    messages[place] = { ...messages[place], expiresAt: inMs(world.clock, 20_000) } as MessageRecord;
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    const quoted = client.messages.get(world.group, fleeting);
    const entry = client.conversations.get(world.group);
    const preview = () => {
      const record = entry.get()?.preview;
      return record && textOf(record);
    };
    client.messages.pin(world.group, fleeting, true).catch(() => undefined);
    const pins = client.conversations.pins(world.group);
    await world.clock.pass(5_000);
    const pinned = () => pins.view.get().messages.map(textOf);
    const before = pinned();
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 2', 'fleeting']);
    expect([preview(), quoted.get()?.id]).toEqual(['fleeting', fleeting]);
    await world.clock.pass(20_000);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 2']);
    expect([preview(), quoted.get()]).toEqual(['message 2', null]);
    expect([before, pinned()]).toEqual([['fleeting'], []]);
  });
});
