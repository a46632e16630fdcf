/** Against a real server of HTTP, over real lines. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@kith/protocol/ids';
import { afterEach, describe, expect, test } from 'vitest';
import { tus } from './transfer.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const token = undefined;

describe('bringing files', () => {
  test('what the server does not have need not be cancelled; what it could not be told is said', async () => {
    const asked: string[] = [];
    let status = 404;
    const url = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status).end();
    });
    const fileId = newId();
    await tus.cancel({ url, token, fileId });
    expect(asked).toEqual([`DELETE /v1/uploads/${fileId}`]);
    status = 503;
    await expect(tus.cancel({ url, token, fileId })).rejects.toThrow('unexpected response');
  });

  test('on a line that says nothing it ends when told to, with the reason, and lets the line go', async () => {
    let begun = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let gone = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const url = await serve((request) => {
      request.on('error', () => undefined);
      request.on('close', gone);
      request.on('data', () => begun());
    });
    const abort = new AbortController();
    const reason = new Error('The line is dead.');
    const bringing = tus.bring({
      url,
      token,
      fileId: newId(),
      data: new Blob(['abc']),
      mime: 'text/plain',
      conversationId: newId(),
      fresh: true,
      signal: abort.signal,
      progress: () => undefined,
    });
    await arrived;
    abort.abort(reason);
    await expect(bringing).rejects.toBe(reason);
    await closed;
  });
});
