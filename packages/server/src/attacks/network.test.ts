/** The net around us: making the server call into its own house, and requests that two readers understand in two ways. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { newId } from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createOutside } from '../previews/outside.ts';
import { createService, type Service } from '../service.ts';
import { attack } from '../testing/attacks.ts';
import { callAs } from '../testing/houses.ts';
import { openTestDatabase } from '../testing/world.ts';

const PASSWORD = 'a good password';
const JSON_TYPE = { 'content-type': 'application/json' };

let service: Service;
let base: string;
let bearer: Record<string, string>;
let caller: { tenantId: number; userId: string; sessionId: string; socket: null };
/** Somebody in the house who answers everything, and must not be asked. */
let inside: Server;
let calls = 0;
/** Every address that a link led to, with what came of it. */
const fetched = new Map<string, string>();

beforeAll(async () => {
  inside = createServer((_, response) => {
    calls += 1;
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>a secret of the house</title>');
  });
  inside.listen(0, '::');
  await once(inside, 'listening');
  // Any port, so that it is not the port that saves us.
  const outside = createOutside({ isPort: () => true });
  service = await createService(defaultConfig({ port: 0, rateFactor: 0, linkPreviews: true }), {
    database: (await openTestDatabase('pglite')).database,
    log: pino({ level: 'silent' }),
    outside: async (url, wanted) => {
      try {
        const found = await outside(url, wanted);
        fetched.set(url, 'fetched');
        return found;
      } catch (error) {
        fetched.set(url, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  });
  base = (await service.listen()).url;
  const answer = await fetch(`${base}/v1/auth/sign-up/email`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ email: 'ann@example.org', password: PASSWORD, name: 'Ann', username: 'ann' }),
  });
  bearer = { authorization: `Bearer ${answer.headers.get('set-auth-token')}` };
  const { user } = (await answer.json()) as { readonly user: { readonly id: string } };
  caller = { tenantId: 1, userId: user.id, sessionId: newId(), socket: null };
}, 120_000);
afterAll(async () => {
  await service?.close();
  inside?.closeAllConnections();
  await new Promise((resolve) => inside?.close(resolve));
});

describe('the house we stand in', () => {
  const hosts = [
    '127.0.0.1',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'anything.localhost.',
    'anything.localhost',
    '127.1',
    '127.0.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fc00::1]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '100.64.0.1',
  ];

  attack(
    'is not called because of a link in a message, however it is written',
    'a link to this machine, to private nets and to the clouds’ own addresses, in 34 spellings',
    async (saw) => {
      const { port } = inside.address() as AddressInfo;
      const conversationId = newId();
      await callAs(service.services, caller, 'createConversation', {
        kind: 'group',
        conversationId,
        name: 'Links',
        userIds: [],
      });
      // The one in the house would answer: that it was not asked is no accident.
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('a secret');
      calls = 0;
      for (const host of hosts) {
        const messageId = newId();
        const link = `http://${host}:${port}/`;
        await callAs(service.services, caller, 'sendMessage', {
          conversationId,
          messageId,
          content: { type: 'plain', text: `look at ${link}` },
        });
        await service.services.previews.settled();
        const { messages } = await callAs(service.services, caller, 'getMessages', {
          conversationId,
          messageIds: [messageId],
        });
        expect(JSON.stringify(messages)).not.toContain('a secret');
        saw(host, fetched.get(link) ?? 'not looked at', ['the address is not public']);
      }
      expect(calls).toBe(0);
    },
  );

  attack(
    'nor through any other text or address that people may set',
    'a link to it in every field of a message, a profile, a conversation, a pack and a report',
    async (saw) => {
      const { port } = inside.address() as AddressInfo;
      const link = `http://127.0.0.1:${port}/`;
      calls = 0;
      fetched.clear();
      const conversationId = newId();
      const { services } = service;
      const label = link.slice(0, 80);
      const send = (attachment: object): Promise<unknown> =>
        callAs(services, caller, 'sendMessage', {
          conversationId,
          messageId: newId(),
          content: { type: 'plain', text: '', attachment: attachment as never },
        });
      const gif = Buffer.from(link).toString('base64url');
      const work: readonly (readonly [string, () => Promise<unknown>])[] = [
        [
          'a conversation',
          () =>
            callAs(services, caller, 'createConversation', {
              kind: 'channel',
              conversationId,
              name: label,
              topic: link,
            }),
        ],
        [
          'a profile',
          () =>
            callAs(services, caller, 'updateProfile', {
              displayName: label,
              bio: link,
              status: { text: label },
            }),
        ],
        ['a place', () => send({ type: 'location', latitude: 1, longitude: 1, label })],
        ['a contact', () => send({ type: 'contact', name: label, email: `a@127.0.0.1.example` })],
        [
          'a poll',
          () =>
            send({ type: 'poll', question: link, options: [label, 'b'], multiple: false, anonymous: false }),
        ],
        [
          'a GIF',
          () =>
            send({
              type: 'gif',
              provider: 'tenor',
              id: 'x',
              path: `/v1/gifs/media/${gif}.${'A'.repeat(22)}`,
              still: `/v1/gifs/media/${gif}.${'A'.repeat(22)}`,
              width: 1,
              height: 1,
              alt: label,
            }),
        ],
        ['a pack', () => callAs(services, caller, 'createStickerPack', { packId: newId(), name: label })],
        [
          'a report',
          () =>
            callAs(services, caller, 'report', {
              reportId: newId(),
              about: { type: 'person', userId: newId() },
              reason: 'spam',
              words: link,
            }),
        ],
        [
          'the proxy of GIFs',
          () => fetch(`${base}/v1/gifs/media/${gif}.${'A'.repeat(22)}`, { headers: bearer }),
        ],
        ['the proxy of GIFs, unsigned', () => fetch(`${base}/v1/gifs/media/${link}`, { headers: bearer })],
        [
          'the page, as its own host',
          () =>
            fetch(`${base}/`, {
              headers: { host: `127.0.0.1:${port}`, 'x-forwarded-host': `127.0.0.1:${port}` },
            }),
        ],
      ];
      for (const [what, run] of work) {
        await run().catch(() => undefined);
        await services.previews.settled();
        saw(
          what,
          calls === 0 && fetched.size === 0 ? 'nobody was called' : `called: ${[...fetched.keys()].join()}`,
          ['nobody was called'],
        );
      }
    },
  );
});

describe('requests that two readers understand in two ways', () => {
  /** What one connection is answered to these bytes: the status lines. */
  async function answersTo(bytes: string): Promise<string[]> {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined);
    socket.write(bytes, 'latin1');
    // A connection that is kept says nothing more.
    socket.setTimeout(1_500, () => socket.end());
    await once(socket, 'close');
    return answer.match(/HTTP\/1\.1 \d{3}/g)?.map((line) => line.slice('HTTP/1.1 '.length)) ?? [];
  }

  const host = 'host: x\r\n';
  const hidden = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
  const cases: Readonly<Record<string, string>> = {
    'a length and chunks': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}content-length: ${hidden.length + 5}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    'two lengths': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
    'a list of lengths': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}content-length: 0, ${hidden.length}\r\n\r\n${hidden}`,
    'a length below nothing': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}content-length: -1\r\n\r\n${hidden}`,
    'a length with a sign': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}content-length: +5\r\n\r\n${hidden}`,
    'chunks that are not the last coding': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
    'chunks with a space before the colon': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
    'a folded header': `GET /v1/me HTTP/1.1\r\n${host}x: a\r\n transfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    'a bare line feed': `GET /v1/me HTTP/1.1\n${host}x: a\n\n${hidden}`,
    'a bare return': `GET /v1/me HTTP/1.1\r${host}\r\r${hidden}`,
    'a NUL in a header': `GET /v1/me HTTP/1.1\r\n${host}x: a\0b\r\n\r\n${hidden}`,
    'a chunk whose size is no number': `POST /v1/auth/sign-out HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n${hidden}`,
    'no host': `GET /v1/me HTTP/1.1\r\n\r\n${hidden}`,
    'a method of its own': `GETX /v1/me HTTP/1.1\r\n${host}\r\n${hidden}`,
    'HTTP/0.9': `GET /v1/me\r\n${hidden}`,
    'an HTTP that is to come': `GET /v1/me HTTP/9.9\r\n${host}\r\n${hidden}`,
  };

  attack(
    'are refused, and what hides behind them is never answered',
    'contradicting lengths and codings, folded and bare lines, NUL, wrong chunks and hosts, each with a second request behind',
    async (saw) => {
      const outcomes = await Promise.all(
        Object.entries(cases).map(async ([what, bytes]) => [what, await answersTo(bytes)] as const),
      );
      for (const [what, answers] of outcomes) saw(what, answers.join(' then '), ['400', '401', '']);
      // Two that are right are answered both.
      expect(await answersTo(`${hidden}${hidden}`)).toEqual(['200', '200']);
    },
  );
});
