/** A provider of GIFs on this machine that speaks as Tenor or GIPHY do, for tests of ours. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testImage } from './images.ts';

export interface FakeProvider {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: URL[];
  readonly headers: IncomingMessage['headers'][];
  /** How it behaves from now on. */
  mood: 'well' | 'broken' | 'huge' | 'elsewhere' | 'silent' | 'nonsense' | 'page';
  close(): Promise<void>;
}

export async function startFakeProvider(port = 0): Promise<FakeProvider> {
  const asked: URL[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const fake = { mood: 'well' as FakeProvider['mood'] };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    asked.push(url);
    headers.push(request.headers);
    const media = (name: string) => `${url.origin}/media/${name}`;
    switch (fake.mood) {
      case 'broken':
        return void response.writeHead(500).end('{}');
      case 'silent':
        return;
      case 'elsewhere':
        return void response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end();
      case 'huge':
        return void response.writeHead(200).end(Buffer.alloc(8 * 1024 * 1024, 'GIF89a'));
      case 'nonsense':
        return void response.writeHead(200).end('{"data":7,"results":"x"}');
      case 'page':
        return void response.writeHead(200, { 'content-type': 'image/gif' }).end('<script>alert(1)</script>');
    }
    if (url.pathname.startsWith('/media/')) {
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(testImage('gifMoving'));
    }
    const query = url.searchParams.get('q') ?? 'fashion';
    if (url.pathname.startsWith('/v2/')) {
      const format = (name: string) => ({ url: media(`${name}.gif`), dims: [220, 180], size: 1 });
      const position = url.searchParams.get('pos');
      const one = (id: string) => ({
        id,
        content_description: `${query} ${id}`,
        media_formats: {
          mediumgif: format(id),
          tinygif: format(`${id}-tiny`),
          gifpreview: format(`${id}-still`),
        },
      });
      const evil = {
        ...one('evil'),
        media_formats: {
          ...one('evil').media_formats,
          mediumgif: { url: 'http://169.254.169.254/', dims: [1, 1] },
        },
      };
      const results = position ? [one('b')] : [one('a'), evil, { id: 'half' }];
      return void response.end(JSON.stringify({ results, next: position ? '' : 'page-2' }));
    }
    const offset = Number(url.searchParams.get('offset'));
    const image = (name: string) => ({ url: media(`${name}.gif`), width: '220', height: '180' });
    const data = [
      {
        id: `g${offset}`,
        title: query,
        images: {
          downsized_medium: image('full'),
          downsized_still: image('still'),
          fixed_width: image('thumb'),
        },
      },
    ];
    response.end(JSON.stringify({ data, pagination: { offset, count: 1, total_count: 2 } }));
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    headers,
    get mood() {
      return fake.mood;
    },
    set mood(mood) {
      fake.mood = mood;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
