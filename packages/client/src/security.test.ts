import { commands } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { expect, test } from 'vitest';
import { createClient } from './client.ts';
import { routes } from './security.ts';
import type { SocketConstructor } from './types.ts';

/** A server that lets nobody in who lacks a second factor. */
class ShutSocket extends EventTarget {
  readyState = 0;

  constructor() {
    super();
    queueMicrotask(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event('open'));
    });
  }

  send(): void {
    this.readyState = 3;
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('close'), { code: 4432, reason: '' })));
  }

  close(): void {
    this.readyState = 3;
  }
}

test('the routes are those of the table of commands', () => {
  for (const [name, [method, path]] of Object.entries(routes))
    expect(commands[name as keyof typeof routes].http, name).toEqual({ method, path });
});

test('whoever lacks a factor that is asked for sets it up over HTTP', async () => {
  const asked: string[] = [];
  const fetch = (async (url: unknown, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    asked.push(
      `${init?.method} ${new URL(String(url)).pathname} ${init?.body ?? ''} ${headers.get('authorization')}`,
    );
    if (String(url).endsWith('/confirm'))
      return Response.json(
        { error: new KithError('bad_input', { fields: [{ path: 'code', message: 'm' }] }).toWire() },
        { status: 400 },
      );
    return Response.json({ secret: 'S', uri: 'U' });
  }) as typeof globalThis.fetch;
  const client = createClient({
    url: 'http://test',
    token: 't',
    fetch,
    WebSocket: ShutSocket as unknown as SocketConstructor,
  });
  const ended = new Promise<void>((resolve) => {
    client.connection.subscribe(() => {
      if (client.connection.get().type === 'ended') resolve();
    });
  });
  await client.start();
  await ended;
  expect(client.connection.get()).toMatchObject({ error: { code: 'second_factor_required' } });
  expect(await client.security.beginTotp()).toEqual({ secret: 'S', uri: 'U' });
  await expect(client.security.confirmTotp('123456')).rejects.toMatchObject({
    code: 'bad_input',
    fields: [{ path: 'code' }],
  });
  // What is not for them is not asked at all.
  await expect(client.security.removeTotp()).rejects.toMatchObject({ code: 'second_factor_required' });
  expect(asked).toEqual([
    'POST /v1/me/factors/totp {} Bearer t',
    'POST /v1/me/factors/totp/confirm {"code":"123456"} Bearer t',
  ]);
  await client.stop();
});
