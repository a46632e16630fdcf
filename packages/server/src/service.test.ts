import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type WireError } from '@kith/protocol';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from './config.ts';
import { createService, type Service } from './service.ts';
import { signedIn } from './testing/signedIn.ts';

let postgres: Postgres;
let service: Service;
let base: string;

beforeAll(async () => {
  // Its own, because it is restarted.
  postgres = await startPostgres();
  const config = defaultConfig({ port: 0, databaseUrl: postgres.url, rateFactor: 0 });
  service = await createService(config, { log: pino({ level: 'silent' }) });
  base = (await service.listen()).url;
});
afterAll(async () => {
  await service?.close();
  await postgres?.stop();
});

it.each(['fast', 'immediate'] as const)(
  'S8: a database that goes away (%s) is told as retryable, and nothing acknowledged is lost',
  { timeout: 120_000 },
  async (mode) => {
    const name = `ann-${mode}`;
    const form = { email: `${name}@example.org`, password: 'a good password', name: 'Ann', username: name };
    const { token } = await signedIn(
      service.services.accounts.signUp(form, { address: null, userAgent: null }),
    );
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(new URL(path, base), { method: 'POST', headers, body: JSON.stringify(body) });
    const conversationId = newId();
    await post('/v1/conversations', { conversationId, kind: 'group', name: 'Team', userIds: [] });

    const acknowledged: string[] = [];
    const codes = new Set<string>();
    const readiness = new Set<number>();
    let stopped = false;
    const send = async (): Promise<void> => {
      for (let n = 0; !stopped; n += 1) {
        const messageId = newId();
        const content = { type: 'plain', text: `message ${n}` };
        // S7: the same id again, until it is acknowledged.
        for (;;) {
          const response = await post(`/v1/conversations/${conversationId}/messages`, { messageId, content });
          if (response.ok) break;
          const { error } = (await response.json()) as { error: WireError };
          codes.add(error.code);
          expect(error.retryable, error.code).toBe(true);
          await sleep(20);
        }
        acknowledged.push(messageId);
      }
    };
    const watch = async (): Promise<void> => {
      for (; !stopped; await sleep(10)) readiness.add((await fetch(new URL('/readyz', base))).status);
    };
    const senders = [send(), send(), watch()];
    await sleep(200);
    await postgres.restart(mode);
    await sleep(500);
    stopped = true;
    await Promise.all(senders);

    expect([...readiness].sort()).toEqual([200, 503]);
    expect([...codes].filter((code) => code !== 'unavailable' && code !== 'timeout')).toEqual([]);
    const stored: string[] = [];
    for (let after = 0; ; ) {
      const page = await fetch(
        new URL(`/v1/conversations/${conversationId}/messages?after=${after}&limit=200`, base),
        {
          headers,
        },
      );
      const { messages, atEnd } = (await page.json()) as {
        messages: { id: string; seq: number }[];
        atEnd: boolean;
      };
      stored.push(...messages.map((message) => message.id));
      after = messages.at(-1)?.seq ?? after;
      if (atEnd) break;
    }
    expect(new Set(stored).size).toBe(stored.length);
    // The first message is the system's own: that the group was made.
    expect(stored.slice(1).sort()).toEqual(acknowledged.sort());
  },
);
