import { KithError } from '@kith/protocol/errors';
import { isHidden } from '@kith/protocol/hidden';
import { limits } from '@kith/protocol/limits';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinHidden, layHidden, piecesOf } from './hidden.ts';
import { ANNA, BERT, Harness, textsOf } from './testing/harness.ts';

const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 20 }));
const change = fc.record({ hide: seqs, show: seqs }).map(({ hide, show }) => ({
  hide,
  show: show.filter((seq) => !hide.includes(seq)),
}));

describe('what is hidden here', () => {
  test('of two wishes, the one that both make is the one after the other', () => {
    fc.assert(
      fc.property(change, change, change, (first, earlier, later) => {
        const before = layHidden(undefined, first);
        const joined = layHidden(before, joinHidden(earlier, later));
        expect(joined).toEqual(layHidden(layHidden(before, earlier), later));
      }),
    );
  });

  test('is asked for in pieces that one command may name, and all of it', () => {
    const hide = Array.from({ length: limits.hideAtOnce * 2 + 1 }, (_, n) => n + 1);
    const pieces = [...piecesOf({ hide, show: [7] })];
    expect(pieces.map((piece) => piece.hide.length)).toEqual([limits.hideAtOnce, limits.hideAtOnce, 1]);
    expect(pieces.flatMap((piece) => piece.hide)).toEqual(hide);
    expect(pieces.flatMap((piece) => piece.show)).toEqual([7]);
    expect([...piecesOf({ hide: [], show: [] })]).toHaveLength(1);
  });
});

describe('a message deleted for me', () => {
  test('leaves the timeline, the row, the counts and the quotes at once, without a connection too, and comes back', async () => {
    const harness = new Harness(4);
    const anna = await harness.live(ANNA);
    const timeline = anna.timeline(harness.group);
    await harness.clock.pass(200);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
    const entry = () => anna.conversations.get(harness.group).get();
    expect(entry()).toMatchObject({ unread: 4, preview: { seq: 4 } });
    const last = timeline.view.get().messages.at(-1)?.record;
    if (!last) throw new Error('There is no message.');
    const quoted = anna.messages.get(harness.group, last.id);
    expect(quoted.get()?.id).toBe(last.id);

    harness.server.down = true;
    harness.server.cut();
    const told = anna.messages.setHidden(harness.group, [2, 4], true);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 3']);
    expect(entry()).toMatchObject({ unread: 2, preview: { seq: 3 } });
    expect(quoted.get()).toBeNull();
    harness.server.down = false;
    await harness.clock.pass(60_000);
    await told;
    // A change of it that others make does not bring it back.
    harness.server.world.react(
      BERT,
      { conversationId: harness.group, messageId: last.id, emoji: '👍' },
      true,
    );
    await harness.clock.pass(5_000);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 3']);
    expect(entry()?.preview?.seq).toBe(3);

    // What comes afterwards counts, and is shown.
    harness.say(BERT, 'message 5');
    await harness.clock.pass(5_000);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 3', 'message 5']);
    expect(entry()).toMatchObject({ unread: 3, preview: { seq: 5 } });

    const back = anna.messages.setHidden(harness.group, [2, 4], false);
    expect(textsOf(timeline.view.get())).toHaveLength(5);
    expect(entry()?.unread).toBe(5);
    expect(quoted.get()?.id).toBe(last.id);
    await harness.clock.pass(200);
    await back;
    timeline.dispose();
    await anna.stop();
  });

  test('that the server refuses to hide is shown again', async () => {
    const harness = new Harness(2);
    const anna = await harness.live(ANNA);
    const timeline = anna.timeline(harness.group);
    await harness.clock.pass(200);
    harness.server.refuses.add('hideMessages');
    const refused = anna.messages.setHidden(harness.group, [2], true).catch((error: unknown) => error);
    expect(textsOf(timeline.view.get())).toEqual(['message 1']);
    await harness.clock.pass(2_000);
    expect(await refused).toBeInstanceOf(KithError);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'message 2']);
    expect(anna.conversations.get(harness.group).get()).toMatchObject({ unread: 2, preview: { seq: 2 } });
    expect(isHidden(anna.own.get('hidden', harness.group).get()?.ranges ?? [], 2)).toBe(false);
    timeline.dispose();
    await anna.stop();
  });
});
