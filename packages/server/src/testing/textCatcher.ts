/** A real HTTP server on a free port of this machine that takes text messages as Twilio's Messages API does, and keeps them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CaughtText {
  readonly to: string;
  readonly from: string;
  readonly body: string;
}

/** What is answered from now on. `ms`: after so long. */
export interface TextAnswer {
  readonly status: number;
  readonly body: string;
  readonly location?: string;
  readonly ms?: number;
}

export interface TextCatcher {
  /** As KITH_SMS_URL takes it. */
  readonly url: string;
  /** What was taken, in order. */
  readonly caught: readonly CaughtText[];
  /** What came, taken or not: names of fields and the type, for what may be hidden in a number. */
  readonly asked: readonly {
    readonly fields: readonly string[];
    readonly type: string;
    readonly path: string;
  }[];
  answer(how: TextAnswer | null): void;
  close(): Promise<void>;
}

const PATH = '/2010-04-01/Accounts/AC1/Messages.json';

export async function createTextCatcher(): Promise<TextCatcher> {
  const caught: CaughtText[] = [];
  const asked: { fields: string[]; type: string; path: string }[] = [];
  let answer: TextAnswer | null = null;
  const server = createServer((request, response) => {
    const work = async (): Promise<void> => {
      const form = new URLSearchParams(await text(request));
      asked.push({
        fields: [...form.keys()],
        type: request.headers['content-type'] ?? '',
        path: request.url ?? '',
      });
      const expected = `Basic ${Buffer.from('AC1:to:ken/').toString('base64')}`;
      const now: TextAnswer | null =
        answer ??
        (request.headers.authorization === expected && request.method === 'POST' && request.url === PATH
          ? null
          : { status: 401, body: '{"code":20003,"message":"Authenticate"}' });
      if (now?.ms !== undefined) await sleep(now.ms, undefined, { ref: false });
      if (!now || now.status < 300)
        caught.push({
          to: form.get('To') ?? '',
          from: form.get('From') ?? form.get('MessagingServiceSid') ?? '',
          body: form.get('Body') ?? '',
        });
      response.writeHead(now?.status ?? 201, {
        'content-type': 'application/json',
        ...(now?.location !== undefined && { location: now.location }),
      });
      response.end(now?.body ?? '{"sid":"SM1","status":"queued"}');
    };
    // Who hangs up is their own affair.
    work().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://AC1:to%3Aken%2F@localhost:${port}${PATH}`,
    caught,
    asked,
    answer: (how) => {
      answer = how;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
