import type { Input, MessageRecord, Output } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { newId } from '@kith/protocol/ids';
import { describe, expect, test } from 'vitest';
import { Outbox, type OutboxDeps } from './outbox.ts';
import type { OutboxEntry } from './storage/storage.ts';
import { turn, VirtualClock } from './testing/virtualClock.ts';

const plain = (text: string) => ({ type: 'plain', text }) as const;

function setup(uploads: OutboxDeps['uploads'] = noUploads) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const kept = new Map<string, OutboxEntry>();
  const waiting: {
    resolve: (reply: Output<'sendMessage'>) => void;
    reject: (error: KithError) => void;
    input: Input<'sendMessage'>;
  }[] = [];
  let disk = Promise.resolve();
  const unsent: string[] = [];
  const outbox = new Outbox({
    owner: 'me',
    me: () => 'anna',
    clock,
    random: () => 0.5,
    request: (_, input) =>
      new Promise((resolve, reject) => {
        const message = input as Input<'sendMessage'>;
        log.push(`send ${textOf(message)}`);
        waiting.push({ input: message, resolve: resolve as (reply: unknown) => void, reject });
      }),
    put: async (entry) => {
      await disk;
      log.push(`keep ${textOf(entry)} ${entry.state}`);
      kept.set(entry.id, entry);
    },
    remove: async (entry) => void kept.delete(entry.id),
    discarded: () => {},
    uploads,
    unsent: (_, entries) => unsent.push(...entries.map(textOf)),
    acknowledged: () => {},
  });
  const acknowledge = async (seq = 1) => {
    const { input, resolve } = waiting.shift()!;
    resolve({ messageId: input.messageId, seq, rev: seq, createdAt: '' });
    await turn();
  };
  const refuse = async (error: KithError) => {
    waiting.shift()!.reject(error);
    await turn();
  };
  return {
    clock,
    log,
    kept,
    waiting,
    outbox,
    unsent,
    acknowledge,
    refuse,
    slowDisk: (until: Promise<void>) => {
      disk = until;
    },
  };
}

const noUploads: OutboxDeps['uploads'] = {
  keep: async () => undefined,
  begin: async () => undefined,
  again: () => undefined,
  finish: () => undefined,
  discard: () => undefined,
  isPaused: () => false,
};

const textOf = ({ content }: { content?: OutboxEntry['content'] | undefined }): string =>
  content?.type === 'plain' ? content.text : '';

describe('outbox', () => {
  test('what was refused because its files are gone brings them once more when it is tried again', async () => {
    const again: string[] = [];
    const { outbox, refuse, acknowledge } = setup({ ...noUploads, again: (id) => again.push(id) });
    outbox.handleLive();
    const data = new Blob(['abc']);
    const files = [{ fileId: 'a', mime: 'text/plain', size: 3, data }];
    const entry = outbox.send('c', plain('a file'), {}, files);
    await turn();
    await refuse(new KithError('file_refused'));
    outbox.retry(entry.id);
    await turn();
    expect(again).toEqual([]);
    await refuse(new KithError('not_found'));
    outbox.retry(entry.id);
    await turn();
    expect(again).toEqual([entry.id]);
    await acknowledge();
  });

  test('is passed by others when its files are paused before it is written down', async () => {
    let paused = false;
    const { outbox, log, slowDisk } = setup({
      ...noUploads,
      begin: () => new Promise(() => {}),
      isPaused: () => paused,
    });
    const writing = Promise.withResolvers<void>();
    slowDisk(writing.promise);
    outbox.handleLive();
    const files = [{ fileId: 'a', mime: 'text/plain', size: 3, data: new Blob(['abc']) }];
    const film = outbox.send('c', plain('film'), {}, files);
    outbox.send('c', plain('words'));
    paused = true;
    outbox.handlePaused(film.id);
    writing.resolve();
    await turn();
    expect(log).toContain('send words');
    expect(log).not.toContain('send film');
  });

  test('hands over the words that can no longer be sent, and only those', async () => {
    const { outbox, unsent, kept, acknowledge } = setup();
    outbox.handleLive();
    for (const text of ['sent', 'first', 'second']) outbox.send('a', { type: 'plain', text });
    outbox.send('b', { type: 'plain', text: 'elsewhere' });
    await turn();
    await acknowledge();
    outbox.handleGone('a');
    await turn();
    expect(unsent).toEqual(['first', 'second']);
    expect([...kept.values()].map(textOf)).toEqual(['elsewhere']);
    outbox.handleGone('a');
    expect(unsent).toHaveLength(2);
  });

  test('is written down before it is sent', async () => {
    const { outbox, log, slowDisk } = setup();
    let written = () => {};
    slowDisk(
      new Promise((resolve) => {
        written = resolve;
      }),
    );
    outbox.handleLive();
    outbox.send('c', plain('a'));
    expect(outbox.of('c')).toMatchObject([{ type: 'pending' }]); // on screen at once
    await turn();
    expect(log).toEqual([]);
    written();
    await turn();
    expect(log).toEqual(['keep a pending', 'send a']);
  });

  test('one after the other within a conversation, side by side over several', async () => {
    const { outbox, log, acknowledge } = setup();
    outbox.handleLive();
    for (const text of ['a', 'b', 'c']) outbox.send('c1', plain(text));
    outbox.send('c2', plain('x'));
    await turn();
    const sent = () => log.filter((line) => line.startsWith('send'));
    expect(sent()).toEqual(['send a', 'send x']);
    await acknowledge();
    expect(sent()).toEqual(['send a', 'send x', 'send b']);
  });

  test('S7: repeated with the same id, after an error and after a lost connection', async () => {
    const { outbox, clock, waiting, refuse, acknowledge, kept } = setup();
    outbox.handleLive();
    const { id } = outbox.send('c', plain('a'));
    outbox.send('c', plain('b'));
    await turn();
    await refuse(new KithError('unavailable'));
    await clock.pass(30_000);
    expect(waiting.map(({ input }) => input.messageId)).toEqual([id]);
    outbox.handleDown();
    await refuse(new KithError('unavailable'));
    outbox.handleLive();
    await turn();
    expect(waiting.map(({ input }) => input.messageId)).toEqual([id]);
    expect(kept.has(id)).toBe(true);
    await acknowledge();
    expect(kept.has(id)).toBe(false);
    expect(waiting.map(({ input }) => textOf(input))).toEqual(['b']);
  });

  test('what is refused for good is kept as failed, does not hold up the others, and can be retried or discarded', async () => {
    const { outbox, kept, refuse, acknowledge, waiting } = setup();
    outbox.handleLive();
    const { id } = outbox.send('c', plain('a'));
    outbox.send('c', plain('b'));
    await turn();
    await refuse(new KithError('forbidden'));
    expect(outbox.get(id)).toMatchObject({ type: 'failed', error: { code: 'forbidden' } });
    expect(kept.get(id)).toMatchObject({ state: 'failed', error: { code: 'forbidden' } });
    await acknowledge();
    outbox.retry(id);
    await turn();
    expect(waiting.map(({ input }) => input.messageId)).toEqual([id]);
    await refuse(new KithError('forbidden'));
    outbox.discard(id);
    await turn();
    expect(outbox.get(id)).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  test('an ended session is not the fault of the message', async () => {
    const { outbox, refuse, kept } = setup();
    outbox.handleLive();
    const { id } = outbox.send('c', plain('a'));
    await turn();
    await refuse(new KithError('session_revoked'));
    expect(outbox.get(id)?.type).toBe('pending');
    expect(kept.get(id)?.state).toBe('pending');
  });

  test('reply first: a stand-in stays until the record comes; record first: it goes at once', async () => {
    const { outbox, acknowledge, kept } = setup();
    outbox.handleLive();
    const first = outbox.send('c', plain('a'));
    await turn();
    await acknowledge(1);
    expect(outbox.get(first.id)).toMatchObject({ type: 'acknowledged', seq: 1 });
    outbox.handleReached('c', 1);
    expect(outbox.get(first.id)).toBeUndefined();

    const second = outbox.send('c', plain('b'));
    await turn();
    outbox.handleRecords([{ type: 'message', id: second.id } as MessageRecord]);
    expect(outbox.get(second.id)).toBeUndefined();
    await turn();
    expect(kept.size).toBe(0);
    await acknowledge(2);
    expect(outbox.of('c')).toEqual([]);
  });

  describe('behind a message whose files are on their way', () => {
    const film = [{ fileId: 'film', mime: 'video/mp4', size: 3, data: new Blob(['abc']) }];

    function withFilm() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const paused = new Set<string>();
      const given = setup({
        ...noUploads,
        begin: ({ files }) => (files[0]?.fileId === 'film' ? promise : Promise.resolve()),
        isPaused: (id) => paused.has(id),
      });
      const { outbox, log } = given;
      outbox.handleLive();
      const first = outbox.send('c', plain('film'), {}, film);
      for (const text of ['a', 'b']) outbox.send('c', plain(text));
      return {
        ...given,
        first,
        uploaded: resolve,
        refused: reject,
        pause: (on: boolean) => {
          if (on) paused.add(first.id);
          else paused.delete(first.id);
          outbox.handlePaused(first.id);
        },
        waits: () => outbox.of('c').map((item) => outbox.waits(item)),
        sent: () => log.filter((line) => line.startsWith('send')),
      };
    }

    test('words wait, and say so, until the files are there', async () => {
      const { outbox, waits, sent, uploaded, acknowledge } = withFilm();
      await turn();
      expect(sent()).toEqual([]);
      expect(waits()).toEqual([false, true, true]);
      const changed: string[] = [];
      outbox.events.on('changed', (id) => changed.push(id));
      uploaded();
      await turn();
      expect(changed).toContain('c');
      expect(waits()).toEqual([false, false, false]);
      await acknowledge();
      await acknowledge();
      await acknowledge();
      expect(sent()).toEqual(['send film', 'send a', 'send b']);
    });

    test('let pass, they go first and in their order; the files go on', async () => {
      const { outbox, waits, sent, uploaded, acknowledge } = withFilm();
      await turn();
      outbox.letPass('c');
      await turn();
      expect(sent()).toEqual(['send a']);
      outbox.letPass('c'); // nothing waits for files now
      await acknowledge();
      expect(sent()).toEqual(['send a', 'send b']);
      await acknowledge(2);
      // What is written now stands behind them again.
      outbox.send('c', plain('c'));
      await turn();
      expect(waits().at(-1)).toBe(true);
      uploaded();
      await turn();
      await acknowledge(3);
      await acknowledge(4);
      expect(sent()).toEqual(['send a', 'send b', 'send film', 'send c']);
    });

    test('what is held up stays so after a reload, until it goes on', async () => {
      const { first, pause, kept } = withFilm();
      await turn();
      pause(true);
      await turn();
      const stored = kept.get(first.id)!;
      expect(stored.paused).toBe(true);

      const begun: unknown[] = [];
      let paused = true;
      const {
        outbox,
        waiting,
        kept: keptNow,
      } = setup({
        ...noUploads,
        begin: async (batch) => void begun.push(batch.paused),
        isPaused: () => paused,
      });
      outbox.handleLive();
      outbox.handleEntry(stored);
      await turn();
      expect([begun, waiting]).toEqual([[true], []]);
      paused = false;
      outbox.handlePaused(first.id);
      await turn();
      expect(keptNow.get(first.id)).not.toHaveProperty('paused');
      expect(waiting).toHaveLength(1);
    });

    test('nothing waits for files that are held up, refused or given up, or without a connection', async () => {
      const held = withFilm();
      await turn();
      held.pause(true);
      await turn();
      expect(held.waits()).toEqual([false, false, false]);
      expect(held.sent()).toEqual(['send a']);

      const refused = withFilm();
      await turn();
      refused.refused(new KithError('file_refused'));
      await turn();
      expect(refused.waits()).toEqual([false, false, false]);
      expect(refused.sent()).toEqual(['send a']);

      const given = withFilm();
      await turn();
      given.outbox.discard(given.first.id);
      given.refused(new KithError('not_found'));
      await turn();
      expect(given.waits()).toEqual([false, false]);
      expect(given.sent()).toEqual(['send a']);

      const down = withFilm();
      await turn();
      down.outbox.handleDown();
      expect(down.waits()).toEqual([false, false, false]);
      down.outbox.handleLive();
      await turn();
      expect(down.waits()).toEqual([false, true, true]);
    });
  });

  test('another tab’s messages are shown and not sent, until it is gone', async () => {
    const { outbox, waiting, kept } = setup();
    outbox.handleLive();
    const mine = outbox.send('c', plain('mine'));
    outbox.discard(mine.id);
    const entry: OutboxEntry = {
      ...mine,
      id: newId(),
      owner: 'other',
      content: plain('theirs'),
    };
    outbox.handleEntry(entry);
    await turn();
    expect(waiting).toEqual([]);
    expect(outbox.of('c')).toMatchObject([{ type: 'pending', entry: { owner: 'other' } }]);
    outbox.adopt('other');
    await turn();
    expect(waiting.map(({ input }) => textOf(input))).toEqual(['theirs']);
    expect(kept.get(entry.id)?.owner).toBe('me');
  });
});
