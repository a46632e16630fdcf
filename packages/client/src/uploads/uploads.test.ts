import type { UploadState } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { describe, expect, test } from 'vitest';
import { Scheduler } from '../reactive.ts';
import { turn, VirtualClock } from '../testing/virtualClock.ts';
import type { TransferRequest } from './transfer.ts';
import { Uploads } from './uploads.ts';

interface Running {
  readonly request: TransferRequest;
  readonly arrive: () => void;
  readonly fail: (error: KithError) => void;
}

function setup() {
  const clock = new VirtualClock();
  const running: Running[] = [];
  const cancelled: string[] = [];
  const kept = new Map<string, Blob>();
  const states = new Map<string, UploadState['state'] | 'gone'>();
  const warnings: string[] = [];
  let full = false;
  const uploads = new Uploads({
    scheduler: new Scheduler(),
    clock,
    random: () => 0.5,
    url: 'http://test',
    token: undefined,
    request: async (_name, input) => {
      const [fileId = ''] = (input as { readonly fileIds: readonly string[] }).fileIds;
      const state = states.get(fileId) ?? 'ready';
      const found = { fileId, size: 3, mime: 'text/plain', reason: 'It is bad.', state };
      return { uploads: state === 'gone' ? [] : [found] } as never;
    },
    load: async () => ({
      bring: (request) =>
        new Promise<void>((resolve, reject) => {
          running.push({ request, arrive: resolve, fail: reject });
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        }),
      cancel: async ({ fileId }) => void cancelled.push(fileId),
    }),
    put: async ({ fileId, data }) => {
      if (full) throw new Error('no room');
      kept.set(fileId, data);
    },
    get: async (fileId) => kept.get(fileId),
    remove: async (fileIds) => {
      for (const id of fileIds) kept.delete(id);
    },
    warn: (message) => warnings.push(message),
  });
  const send = async (messageId: string, ...fileIds: string[]) => {
    await uploads.keep(
      messageId,
      fileIds.map((fileId) => ({ fileId, data: new Blob(['abc']) })),
    );
    const files = fileIds.map((fileId) => ({ fileId, mime: 'text/plain', size: 3 }));
    const done = uploads.begin({ messageId, conversationId: 'c', files });
    let outcome: 'waiting' | 'done' | KithError = 'waiting';
    done.then(
      () => {
        outcome = 'done';
      },
      (error: KithError) => {
        outcome = error;
      },
    );
    await turn();
    return { outcome: () => outcome };
  };
  return {
    clock,
    running,
    cancelled,
    kept,
    states,
    warnings,
    uploads,
    send,
    fill: () => {
      full = true;
    },
  };
}

const idsOf = (running: readonly Running[]) => running.map(({ request }) => request.fileId);
const dropped = () => new KithError('unavailable', { message: 'The server cannot be reached.' });

describe('uploads', () => {
  test('three at a time, in the order of the messages, and a message is done when all its files are', async () => {
    const { uploads, running, send } = setup();
    const first = await send('m1', 'a', 'b', 'c', 'd');
    const second = await send('m2', 'e');
    expect(running).toEqual([]);
    uploads.handleLive();
    await turn();
    expect(idsOf(running)).toEqual(['a', 'b', 'c']);
    expect(uploads.transfer('d').get()).toEqual({ type: 'waiting', sent: 0, size: 3 });
    running[0]!.arrive();
    running[1]!.arrive();
    await turn();
    expect(idsOf(running)).toEqual(['a', 'b', 'c', 'd', 'e']);
    running[4]!.arrive();
    await turn();
    expect([first.outcome(), second.outcome()]).toEqual(['waiting', 'done']);
    running[2]!.arrive();
    running[3]!.arrive();
    await turn();
    expect(first.outcome()).toBe('done');
  });

  test('brings once more what the server has let go of meanwhile', async () => {
    const { uploads, running, send } = setup();
    uploads.handleLive();
    const first = await send('m', 'a');
    running[0]!.arrive();
    await turn();
    expect(first.outcome()).toBe('done');
    await send('m', 'a');
    expect(running).toHaveLength(1);
    uploads.again('m');
    const second = await send('m', 'a');
    expect(second.outcome()).toBe('waiting');
    // Not what is on its way.
    uploads.again('m');
    expect(idsOf(running)).toEqual(['a', 'a']);
    running[1]!.arrive();
    await turn();
    expect(second.outcome()).toBe('done');
  });

  test('tells how far it has come, and tries again from there, for ever', async () => {
    const { uploads, running, send, clock } = setup();
    uploads.handleLive();
    const message = await send('m', 'a');
    expect(running[0]!.request.fresh).toBe(true);
    for (let n = 0; n < 30; n++) {
      running.at(-1)!.request.progress(2);
      expect(uploads.transfer('a').get()).toEqual({ type: 'sending', sent: 2, size: 3 });
      running.at(-1)!.fail(dropped());
      await turn();
      // Longer than any wait before the next, shorter than the silence after which that is given up.
      await clock.pass(20_000);
    }
    expect(running).toHaveLength(31);
    expect(running[30]!.request.fresh).toBe(false);
    running[30]!.arrive();
    await turn();
    expect(message.outcome()).toBe('done');
  });

  test('a file that is refused fails its message, and the other files stop', async () => {
    const { uploads, running, send, states } = setup();
    states.set('a', 'refused');
    uploads.handleLive();
    const message = await send('m', 'a', 'b');
    running[0]!.arrive();
    await turn();
    expect(message.outcome()).toMatchObject({ code: 'file_refused', message: 'It is bad.' });
    expect(running[1]!.request.signal.aborted).toBe(true);
    expect(uploads.transfer('b').get()).toBeUndefined();
    // Tried again, it begins anew.
    states.delete('a');
    const again = await send('m', 'a', 'b');
    running[2]!.arrive();
    running[3]!.arrive();
    await turn();
    expect(again.outcome()).toBe('done');
  });

  test('waits while the server looks at it, and begins anew when the server has lost it', async () => {
    const { uploads, running, send, states, clock } = setup();
    states.set('a', 'checking');
    uploads.handleLive();
    const message = await send('m', 'a');
    running[0]!.arrive();
    await turn();
    expect(uploads.transfer('a').get()).toEqual({ type: 'checking', size: 3 });
    states.set('a', 'gone');
    await clock.pass(20_000);
    expect(running).toHaveLength(2);
    states.delete('a');
    running[1]!.arrive();
    await turn();
    expect(message.outcome()).toBe('done');
  });

  test('paused, it lets others pass; resumed, it goes on', async () => {
    const { uploads, running, send } = setup();
    uploads.handleLive();
    const message = await send('m', 'a');
    running[0]!.request.progress(1);
    expect(uploads.setPaused('m', true)).toBe(true);
    await turn();
    expect(running[0]!.request.signal.aborted).toBe(true);
    expect(uploads.transfer('a').get()).toEqual({ type: 'paused', sent: 1, size: 3 });
    expect(message.outcome()).toBe('waiting');
    uploads.setPaused('m', false);
    await turn();
    running[1]!.arrive();
    await turn();
    expect(message.outcome()).toBe('done');
  });

  test('discarded, its bytes go here and there', async () => {
    const { uploads, running, send, cancelled, kept } = setup();
    uploads.handleLive();
    const message = await send('m', 'a', 'b');
    uploads.discard('m', ['a', 'b']);
    await turn();
    expect(message.outcome()).toMatchObject({ code: 'not_found' });
    expect(running.every(({ request }) => request.signal.aborted)).toBe(true);
    expect(cancelled).toEqual(['a', 'b']);
    expect([...kept.keys()]).toEqual([]);
    expect(uploads.transfer('a').get()).toBeUndefined();
  });

  test('discarded after it failed, or after a reload, the server is told too', async () => {
    const { uploads, running, send, cancelled } = setup();
    uploads.discard('n', ['offline']);
    uploads.handleLive();
    const message = await send('m', 'a', 'b');
    running[0]!.fail(new KithError('file_refused'));
    await turn();
    expect(message.outcome()).toMatchObject({ code: 'file_refused' });
    uploads.discard('m', ['a', 'b']);
    uploads.discard('of the last run', ['c']);
    await turn();
    expect(cancelled).toEqual(['a', 'b', 'c']);
  });

  test('a line on which nothing moves is given up, and the file goes on over another', async () => {
    const { uploads, running, send, clock } = setup();
    uploads.handleLive();
    const message = await send('m', 'a');
    for (let n = 1; n <= 3; n++) {
      await clock.pass(29_000);
      running[0]!.request.progress(1);
    }
    await clock.pass(29_000);
    expect(running).toHaveLength(1);
    expect(running[0]!.request.signal.aborted).toBe(false);
    await clock.pass(1_000);
    expect(running[0]!.request.signal.aborted).toBe(true);
    expect(uploads.transfer('a').get()).toEqual({ type: 'sending', sent: 1, size: 3 });
    // What still comes from it counts no more.
    running[0]!.request.progress(2);
    expect(uploads.transfer('a').get()).toEqual({ type: 'sending', sent: 1, size: 3 });
    await clock.pass(5_000);
    expect(running).toHaveLength(2);
    expect(running[1]!.request.fresh).toBe(false);
    running[1]!.arrive();
    await turn();
    expect(message.outcome()).toBe('done');
    await clock.pass(60_000);
    expect(running).toHaveLength(2);
  });

  test('three dead lines give their places to what waits behind them, when paused', async () => {
    const { uploads, running, send, clock } = setup();
    uploads.handleLive();
    await send('m1', 'a', 'b', 'c');
    const second = await send('m2', 'd');
    await clock.pass(35_000);
    expect(idsOf(running)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    uploads.setPaused('m1', true);
    await turn();
    expect(uploads.transfer('a').get()).toMatchObject({ type: 'paused' });
    await clock.pass(120_000);
    // Paused is no silence: nothing of it is tried again, only what is not paused.
    expect(new Set(idsOf(running.slice(6)))).toEqual(new Set(['d']));
    running.at(-1)!.arrive();
    await turn();
    expect(second.outcome()).toBe('done');
  });

  test('connected again, what has not moved since begins anew at once; what has moved goes on', async () => {
    const { uploads, running, send } = setup();
    uploads.handleLive();
    const message = await send('m', 'dead', 'alive');
    for (const { request } of running) request.progress(1);
    uploads.handleDown();
    running[1]!.request.progress(2);
    expect(running[0]!.request.signal.aborted).toBe(false);
    uploads.handleLive();
    await turn();
    expect(idsOf(running)).toEqual(['dead', 'alive', 'dead']);
    expect(running.map(({ request }) => request.signal.aborted)).toEqual([true, false, false]);
    expect(running[2]!.request.fresh).toBe(false);
    expect(uploads.transfer('dead').get()).toEqual({ type: 'sending', sent: 1, size: 3 });
    running[1]!.arrive();
    running[2]!.arrive();
    await turn();
    expect(message.outcome()).toBe('done');
  });

  test('a device without room sends all the same, as long as it runs', async () => {
    const { uploads, running, send, warnings, fill } = setup();
    fill();
    uploads.handleLive();
    const message = await send('m', 'a');
    expect(warnings).toHaveLength(1);
    running[0]!.arrive();
    await turn();
    expect(message.outcome()).toBe('done');
  });

  test('says so when the bytes are not there any more', async () => {
    const { uploads } = setup();
    uploads.handleLive();
    const done = uploads.begin({
      messageId: 'm',
      conversationId: 'c',
      files: [{ fileId: 'lost', mime: 'text/plain', size: 3 }],
    });
    await expect(done).rejects.toMatchObject({ code: 'not_found', retryable: false });
  });

  test('of what was begun before a reload, or before it was refused, the server is asked how far it is', async () => {
    const { uploads, running, kept, send } = setup();
    uploads.handleLive();
    kept.set('before', new Blob(['abc']));
    const files = [{ fileId: 'before', mime: 'text/plain', size: 3 }];
    void uploads.begin({ messageId: 'm', conversationId: 'c', files });
    await turn();
    expect(running[0]!.request).toMatchObject({ fileId: 'before', fresh: false });

    await send('n', 'now');
    expect(running[1]!.request).toMatchObject({ fileId: 'now', fresh: true });
    running[1]!.fail(new KithError('file_refused'));
    await turn();
    void uploads.begin({
      messageId: 'n',
      conversationId: 'c',
      files: [{ fileId: 'now', mime: 'text/plain', size: 3 }],
    });
    await turn();
    expect(running[2]!.request).toMatchObject({ fileId: 'now', fresh: false });
  });

  test('sent, the bytes are kept no longer, but stay at hand for the screen', async () => {
    const { uploads, running, send, kept } = setup();
    uploads.handleLive();
    await send('m', 'a');
    running[0]!.arrive();
    await turn();
    uploads.finish('m', ['a']);
    await turn();
    expect(kept.size).toBe(0);
    expect(await uploads.peek('a')?.text()).toBe('abc');
    expect(await uploads.data('b')).toBeUndefined();
  });
});
