import type { CustomEmoji, Output } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { describe, expect, it } from 'vitest';
import { EmojiStore } from './emoji.ts';
import { Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import { VirtualClock } from './testing/virtualClock.ts';

const one = (name: string): CustomEmoji => ({ name, blobId: `blob-${name}`, width: 32, height: 32 });

function setup() {
  const clock = new VirtualClock();
  const server = { rev: 3, emoji: [one('fox')], asked: 0, failing: false };
  let saved = 0;
  const request = (async () => {
    server.asked += 1;
    if (server.failing) throw new KithError('unavailable');
    return { emoji: server.emoji, rev: server.rev } satisfies Output<'listEmoji'>;
  }) as Request;
  const store = new EmojiStore({
    scheduler: new Scheduler(),
    request,
    clock,
    random: () => 0.5,
    changed: () => {
      saved += 1;
    },
  });
  const names = () => [...store.byName.get().keys()];
  return { clock, server, store, names, saved: () => saved };
}

describe('custom emoji', () => {
  it('are asked for when the welcome tells another revision, and kept', async () => {
    const { clock, server, store, names, saved } = setup();
    store.handleLive(3);
    await clock.pass(10);
    expect(names()).toEqual(['fox']);
    expect(saved()).toBe(1);
    store.handleDown();
    store.handleLive(3);
    await clock.pass(5_000);
    expect(server.asked).toBe(1);
    const again = setup();
    again.store.restore(store.cached ?? { rev: 0, emoji: [] });
    again.store.handleLive(3);
    await again.clock.pass(5_000);
    expect(again.names()).toEqual(['fox']);
    expect(again.server.asked).toBe(0);
  });

  it('a place without any is never asked', async () => {
    const { clock, server, store } = setup();
    store.handleLive(0);
    await clock.pass(10_000);
    expect(server.asked).toBe(0);
  });

  it('a notice is followed a little later, and once', async () => {
    const { clock, server, store, names } = setup();
    store.handleLive(3);
    await clock.pass(10);
    server.emoji = [one('fox'), one('owl')];
    server.rev = 5;
    store.handleNotice(4);
    store.handleNotice(5);
    await clock.pass(900);
    expect(server.asked).toBe(1);
    await clock.pass(200);
    expect(names()).toEqual(['fox', 'owl']);
    expect(server.asked).toBe(2);
  });

  it('a failure and an answer that is behind are asked again', async () => {
    const { clock, server, store, names } = setup();
    server.failing = true;
    store.handleLive(4);
    await clock.pass(10);
    expect(names()).toEqual([]);
    server.failing = false;
    await clock.pass(60_000);
    expect(names()).toEqual(['fox']);
    server.rev = 4;
    server.emoji = [one('owl')];
    await clock.pass(60_000);
    expect(names()).toEqual(['owl']);
  });

  it('what is changed here shows at once', async () => {
    const { clock, server, store, names } = setup();
    store.handleLive(3);
    await clock.pass(10);
    store.handleChange(4, (emoji) => emoji.set('owl', one('owl')));
    expect(names()).toEqual(['fox', 'owl']);
    store.handleNotice(4);
    await clock.pass(10_000);
    expect(server.asked).toBe(1);
  });
});
