import type { ClientFrame } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { describe, expect, test } from 'vitest';
import { Requests } from './requests.ts';
import { turn, VirtualClock } from './testing/virtualClock.ts';

type RequestFrame = Extract<ClientFrame, { t: 'request' }>;

function setup() {
  const clock = new VirtualClock();
  const sent: RequestFrame[] = [];
  const requests = new Requests((frame) => sent.push(frame as RequestFrame) > 0, clock);
  return { clock, sent, requests };
}

describe('requests', () => {
  test('each answer finds its request', async () => {
    const { sent, requests } = setup();
    requests.open();
    const first = requests.request('getMe', {});
    const second = requests.request('listSessions', {});
    requests.handleReply(sent[1]!.id, { sessions: [] });
    requests.handleFailed(sent[0]!.id, new KithError('forbidden').toWire());
    await expect(second).resolves.toEqual({ sessions: [] });
    await expect(first).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('E2: never more in flight than the server takes', async () => {
    const { sent, requests } = setup();
    requests.open();
    const all = Array.from({ length: limits.inFlight + 10 }, () => requests.request('getMe', {}));
    expect(sent.length).toBe(limits.inFlight);
    for (let n = 0; n < all.length; n++) {
      requests.handleReply(sent[n]!.id, {});
      await turn();
    }
    await Promise.all(all);
  });

  test('a lost connection fails what was sent, retryably, and keeps what was not', async () => {
    const { sent, requests } = setup();
    requests.open();
    const lost = requests.request('getMe', {});
    requests.close(new KithError('unavailable'));
    await expect(lost).rejects.toMatchObject({ retryable: true });
    const kept = requests.request('getMe', {});
    requests.open();
    requests.handleReply(sent[1]!.id, 'done');
    await expect(kept).resolves.toBe('done');
  });

  test('no answer, no connection, no more interest: each ends it', async () => {
    const { clock, requests } = setup();
    const unsent = expect(requests.request('getMe', {}, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await clock.pass(100);
    await unsent;
    requests.open();
    const silent = expect(requests.request('getMe', {}, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timeout',
    });
    await clock.pass(100);
    await silent;
    const abort = new AbortController();
    const dropped = expect(requests.request('getMe', {}, { signal: abort.signal })).rejects.toBeInstanceOf(
      KithError,
    );
    abort.abort();
    await dropped;
  });
});
