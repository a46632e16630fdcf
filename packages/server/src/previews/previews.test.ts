/** Real servers on this machine, behind a resolver and a judgement of our own; nothing of the internet is called. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { limits, newId } from '@kith/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dispatch } from '../commands/dispatch.ts';
import type { Caller, Services } from '../services.ts';
import { createWorld, type World } from '../testing/world.ts';
import { isPublicAddress } from './addresses.ts';
import { createOutside, NotFetched, type Outside, type Wanted } from './outside.ts';
import { readPage, textOf } from './page.ts';
import { createPreviews, linkOf } from './previews.ts';

describe('isPublicAddress', () => {
  it.each([
    '127.0.0.1',
    '127.255.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    '100::1',
    '',
    'localhost',
    '1',
    '0x7f.1',
    '127.0.0.1 ',
  ])('%j is not', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])('%s is', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  accept: 'text/html',
  isWanted: (type) => type === 'text/html',
  mostBytes: 1_000,
  longer: 'cut',
  signal: AbortSignal.timeout(2_000),
  ...more,
});
/** To it every name is this machine, and this machine is allowed: as if it were the internet. */
const open = createOutside({
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  isAllowed: () => true,
  isPort: () => true,
});
const html =
  (body: string): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);

describe('fetching outside', () => {
  it('fetches what is wanted', async () => {
    const port = await serve(html('<title>hi</title>'));
    const { bytes, contentType } = await open(`http://site.example:${port}/`, wanted());
    expect([bytes.toString(), contentType]).toEqual(['<title>hi</title>', 'text/html; charset=utf-8']);
  });

  it('S20: calls nothing of the house, however it is written', async () => {
    let called = 0;
    const port = await serve((_, response) => {
      called += 1;
      response.end();
    });
    const strict = createOutside({ isPort: () => true });
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.1',
      '[::ffff:127.0.0.1]',
      '0',
    ])
      await expect(strict(`http://${host}:${port}/`, wanted())).rejects.toThrow('not public');
    for (const link of [
      'file:///etc/passwd',
      'ftp://a.example/',
      'http://user:secret@a.example/',
      'gopher://a.example/',
    ])
      await expect(open(link, wanted())).rejects.toThrow(/not http|password/);
    await expect(
      createOutside({ isAllowed: () => true })(`http://127.0.0.1:${port}/`, wanted()),
    ).rejects.toThrow('another port');
    expect(called).toBe(0);
  });

  it('is not led there by a redirect, nor around for ever', async () => {
    let secret = 0;
    const inside = await serve((_, response) => {
      secret += 1;
      response.end('secret');
    });
    // The site is outside; the address 127.0.0.1, written as such, is not.
    const outside = createOutside({
      resolve: async (host) => [{ address: host === 'site.example' ? '127.0.0.1' : '10.0.0.1', family: 4 }],
      isAllowed: (address) => address === '127.0.0.1',
      isPort: () => true,
    });
    const strict: Outside = createOutside({
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      isAllowed: (() => {
        let first = true;
        return () => {
          const is = first;
          first = false;
          return is;
        };
      })(),
      isPort: () => true,
    });
    const port = await serve((_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${inside}/` }).end(),
    );
    await expect(strict(`http://site.example:${port}/`, wanted())).rejects.toThrow('not public');
    const other = await serve((_, response) =>
      response.writeHead(301, { location: `http://inside.example:${inside}/` }).end(),
    );
    await expect(outside(`http://site.example:${other}/`, wanted())).rejects.toThrow('not public');
    expect(secret).toBe(0);
    let steps = 0;
    const round = await serve((_, response) => {
      steps += 1;
      response.writeHead(302, { location: '/' }).end();
    });
    await expect(open(`http://site.example:${round}/`, wanted())).rejects.toThrow('too often');
    expect(steps).toBe(4);
  });

  it('connects to the address it judged, whatever the name says a moment later', async () => {
    const port = await serve(html('judged'));
    let asked = 0;
    const rebinding = createOutside({
      resolve: async () => {
        asked += 1;
        return [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
      },
      isAllowed: (address) => address === '127.0.0.1',
      isPort: () => true,
    });
    expect((await rebinding(`http://rebind.example:${port}/`, wanted())).bytes.toString()).toBe('judged');
    expect(asked).toBe(1);
    const mixed = createOutside({
      resolve: async () => [
        { address: '127.0.0.1', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
      isAllowed: (address) => address === '127.0.0.1',
      isPort: () => true,
    });
    await expect(mixed(`http://mixed.example:${port}/`, wanted())).rejects.toThrow('not public');
  });

  it('does not wait longer for a name than for a page', async () => {
    const nowhere = createOutside({ resolve: () => new Promise(() => undefined) });
    const began = performance.now();
    await expect(
      nowhere('http://dead.example/', wanted({ signal: AbortSignal.timeout(100) })),
    ).rejects.toBeInstanceOf(NotFetched);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('hangs up on what is packed in an unknown way', async () => {
    let closed = false;
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'zap' });
      response.write('x');
      response.once('close', () => {
        closed = true;
      });
    });
    await expect(open(`http://site.example:${port}/`, wanted())).rejects.toThrow('packed as zap');
    await expect.poll(() => closed).toBe(true);
  });

  it('gives up on what drips, and on what never ends takes the beginning', async () => {
    const drip = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const began = performance.now();
    await expect(
      open(`http://a.example:${drip}/`, wanted({ signal: AbortSignal.timeout(300) })),
    ).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(2_000);
    const endless = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const more = () => {
        while (!response.destroyed && response.write('y'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    expect((await open(`http://a.example:${endless}/`, wanted())).bytes).toHaveLength(1_000);
    await expect(open(`http://a.example:${endless}/`, wanted({ longer: 'refuse' }))).rejects.toThrow(
      'too large',
    );
  });

  it('counts what a packet unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(bomb),
    );
    await expect(open(`http://a.example:${port}/`, wanted({ longer: 'refuse' }))).rejects.toThrow(
      'too large',
    );
    const cut = await open(`http://a.example:${port}/`, wanted());
    expect(cut.bytes).toHaveLength(1_000);
    const odd = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'zstd' }).end('x'),
    );
    await expect(open(`http://a.example:${odd}/`, wanted())).rejects.toThrow('packed');
  });

  it('wants nothing of another type, nor an error page', async () => {
    for (const [status, type] of [
      [200, 'application/zip'],
      [200, ''],
      [404, 'text/html'],
      [500, 'text/html'],
    ] as const) {
      const port = await serve((_, response) =>
        response.writeHead(status, type ? { 'content-type': type } : {}).end('x'),
      );
      await expect(open(`http://a.example:${port}/`, wanted())).rejects.toThrow('answered');
    }
  });
});

describe('readPage', () => {
  const base = new URL('https://a.example/dir/page');
  it('reads what a page says of itself', () => {
    expect(
      readPage(
        `<!-- <title>no</title> --><title>Plain &amp; simple</title><meta content='A "site"' property="og:site_name">
        <meta property=og:title content="T&#x69;tle &lt;b&gt;"><meta name=description content="first">
        <meta property="og:image" content="../i.png?a=1&amp;b=2">`,
        base,
      ),
    ).toEqual({
      title: 'Title <b>',
      description: 'first',
      siteName: 'A "site"',
      image: 'https://a.example/i.png?a=1&b=2',
    });
    expect(readPage('<title>\n only\t this </title>', base).title).toBe('only this');
    expect(readPage('nothing', base)).toEqual({
      title: undefined,
      description: undefined,
      siteName: undefined,
      image: undefined,
    });
  });

  it('lets no title dress up as something else, nor go on for ever', () => {
    expect(readPage('<title>a\u202Egnp.exe\u0007\u2066b\uFEFF</title>', base).title).toBe('agnp.exeb');
    expect(readPage(`<title>${'😀'.repeat(900)}</title>`, base).title?.length).toBeLessThanOrEqual(202);
    expect(readPage(`<title>${'😀'.repeat(900)}</title>`, base).title?.isWellFormed()).toBe(true);
    expect(readPage('<title>&#0;&#xD800;&#99999999;ok</title>', base).title).toContain('ok');
  });

  it('takes time linear to the page', () => {
    for (const unit of [
      '<meta ',
      '<meta a=',
      '<title>',
      '<!--',
      '<meta x="',
      "<meta property='og:title' content='",
    ]) {
      const began = performance.now();
      readPage(unit.repeat(100_000), base);
      expect([unit, performance.now() - began < 3_000]).toEqual([unit, true]);
    }
  });

  it('reads the letters a page is written in', () => {
    expect(textOf(Buffer.from([0xe4]), 'text/html; charset=iso-8859-1')).toBe('ä');
    expect(textOf(Buffer.from('<meta charset="windows-1251">\xcf', 'latin1'), 'text/html')).toContain('П');
    expect(textOf(Buffer.from('ä'), 'text/html; charset=klingon')).toBe('ä');
  });
});

describe('previews', () => {
  let world: World;
  let ana: Caller;
  let group: string;
  beforeAll(async () => {
    world = await createWorld('pglite');
    ana = await world.person('Ana');
    group = await world.group([ana]);
  });
  afterAll(() => world?.close());

  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );
  function serviceWith(outside: Outside, enabled = true): Services {
    const { database, blobs, conversationLog } = world.services;
    return {
      ...world.services,
      previews: createPreviews({ database, blobs, conversationLog, enabled, outside }),
    };
  }
  const read = async (messageId: string) => {
    const { messages } = await world.call(ana, 'getMessages', {
      conversationId: group,
      messageIds: [messageId],
    });
    return messages[0];
  };
  async function send(services: Services, text: string, more: { noPreview?: true } = {}): Promise<string> {
    const messageId = newId();
    await dispatch(services, ana, 'sendMessage', {
      conversationId: group,
      messageId,
      content: { type: 'plain', text, ...more },
    });
    await services.previews.settled();
    return messageId;
  }

  it('come after the message, from one fetch for all who send the link, with a picture of ours', async () => {
    let fetches = 0;
    const port = await serve((request, response) => {
      fetches += 1;
      if (request.url === '/i.png') response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
      else
        html(
          '<title>A page</title><meta property="og:image" content="/i.png"><meta name="description" content="Of words">',
        )(request, response);
    });
    const services = serviceWith(open);
    const link = `http://www.site.example:${port}/a`;
    const before = world.announced.length;
    const ids = await Promise.all([send(services, `look ${link}.`), send(services, `and ${link} again`)]);
    await services.previews.settled();
    const later = await send(services, link);
    expect(fetches).toBe(2);
    for (const id of [...ids, later]) {
      const preview = (await read(id))?.linkPreview;
      expect(preview).toMatchObject({
        url: link,
        title: 'A page',
        description: 'Of words',
        siteName: 'site.example',
      });
      expect(preview?.image).toMatchObject({ width: 1, height: 1 });
      const blob = await world.services.blobs.read(
        ana.tenantId,
        preview?.image?.path.split('/').at(-1) ?? '',
      );
      expect(blob?.mime).toBe('image/png');
    }
    // Told as a change of the record, and one only.
    const told = world.announced.slice(before).flatMap(({ records }) => records);
    expect(told.filter((record) => record.type === 'message' && record.linkPreview)).toHaveLength(3);
    services.previews.close();
  });

  it('of one person at most two are fetched at a time, and others have their turn', async () => {
    const asked: string[] = [];
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const services = serviceWith(async (link) => {
      asked.push(new URL(link).pathname);
      await gate;
      throw new NotFetched('dead');
    });
    const offer = (userId: string, path: string) =>
      services.previews.offer({
        tenantId: ana.tenantId,
        userId,
        conversationId: group,
        messageId: newId(),
        content: { type: 'plain', text: `https://dead.example/${path}` },
      });
    for (let n = 0; n < 40; n += 1) offer(ana.userId, `ana${n}`);
    offer(newId(), 'bo');
    await expect.poll(() => asked.length).toBe(3);
    expect(asked).toEqual(['/ana0', '/ana1', '/bo']);
    go();
    await services.previews.settled();
    expect(asked).toHaveLength(2 + 20 + 1);
    services.previews.close();
  });

  it('a fault of our own is not kept as the page’s', async () => {
    let fetches = 0;
    const { database, conversationLog } = world.services;
    const previews = createPreviews({
      database,
      conversationLog,
      enabled: true,
      blobs: {
        keep: () => Promise.reject(Object.assign(new Error('too many connections'), { code: '53300' })),
      },
      outside: async (link) => {
        fetches += 1;
        const page = '<title>A page</title><meta property="og:image" content="/i.png">';
        const isImage = link.endsWith('.png');
        return {
          url: new URL(link),
          contentType: isImage ? 'image/png' : 'text/html',
          bytes: isImage ? PNG : Buffer.from(page),
        };
      },
    });
    const services = { ...world.services, previews };
    await send(services, 'https://ours.example/');
    await send(services, 'https://ours.example/');
    expect(fetches).toBe(4);
    previews.close();
  });

  it('a link longer than the index holds goes without', () => {
    const link = (length: number) =>
      linkOf({ type: 'plain', text: `https://a.example/${'ü'.repeat(length)}` });
    expect(link(900)).toBeDefined();
    expect(link(1_900)).toBeUndefined();
  });

  it('are not made where the author wants none, inside code, or when the operator has switched them off', async () => {
    let fetches = 0;
    const outside: Outside = async () => {
      fetches += 1;
      throw new Error('unreachable');
    };
    const services = serviceWith(outside);
    await send(services, 'https://a.example/1', { noPreview: true });
    await send(services, '`https://a.example/2`');
    await send(serviceWith(outside, false), 'https://a.example/3');
    expect(fetches).toBe(0);
    services.previews.close();
  });

  it('follow an edit, and go with a deletion', async () => {
    const port = await serve((request, response) => html(`<title>${request.url}</title>`)(request, response));
    const services = serviceWith(open);
    const at = (path: string) => `http://site.example:${port}/${path}`;
    const messageId = await send(services, at('one'));
    expect((await read(messageId))?.linkPreview?.title).toBe('/one');
    const edit = async (text: string) => {
      await dispatch(services, ana, 'editMessage', {
        conversationId: group,
        messageId,
        content: { type: 'plain', text },
      });
      await services.previews.settled();
      return (await read(messageId))?.linkPreview;
    };
    expect((await edit(`${at('one')} more words`))?.title).toBe('/one');
    expect((await edit(at('two')))?.title).toBe('/two');
    expect(await edit('no link')).toBeUndefined();
    expect((await edit(at('two')))?.title).toBe('/two');
    await world.call(ana, 'deleteMessage', { conversationId: group, messageId });
    expect((await read(messageId))?.linkPreview).toBeUndefined();
    services.previews.close();
  });

  it('that cannot be had are not asked for again and again', async () => {
    let fetches = 0;
    const port = await serve((_, response) => {
      fetches += 1;
      response.writeHead(404).end();
    });
    const services = serviceWith(open);
    for (let i = 0; i < 3; i += 1) {
      const id = await send(services, `http://gone.example:${port}/`);
      expect((await read(id))?.linkPreview).toBeUndefined();
    }
    expect(fetches).toBe(1);
    services.previews.close();
    expect(limits.previewBytes).toBeGreaterThan(0);
  });
});
