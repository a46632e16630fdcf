import { describe, expect, it } from 'vitest';
import { blobsOf } from './blobs.ts';

const info = { id: '0190a1b2-0000-7000-8000-000000000001', mime: 'image/png', width: 4, height: 4 };
const image = new Blob(['bytes'], { type: 'image/png' });
const answering = (body: unknown, status = 200) => {
  const calls: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: unknown, init?: RequestInit) => {
    calls.push({ url: String(url), init: init ?? {} });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return { calls, fetch: fetch as typeof globalThis.fetch };
};

describe('blobs', () => {
  it('uploads the bytes for their purpose, by token or cookie', async () => {
    const { calls, fetch } = answering(info);
    expect(await blobsOf({ url: 'http://test', token: 't.s', fetch }).upload(image, 'avatar')).toEqual(info);
    await blobsOf({ url: 'http://test', fetch }).upload(image, 'emoji');
    expect(calls.map(({ url }) => url)).toEqual([
      'http://test/v1/blobs?purpose=avatar',
      'http://test/v1/blobs?purpose=emoji',
    ]);
    expect(calls[0]?.init).toMatchObject({ method: 'POST', body: image });
    expect(new Headers(calls[0]?.init.headers).get('authorization')).toBe('Bearer t.s');
    expect(new Headers(calls[1]?.init.headers).has('authorization')).toBe(false);
  });

  it('says where an image is', () => {
    expect(blobsOf({ url: 'http://test' }).url(info.id)).toBe(`http://test/v1/blobs/${info.id}`);
    expect(blobsOf({ url: 'http://test' }).url('../me')).toBe('http://test/v1/blobs/..%2Fme');
  });

  it('rejects with the error of the server, or says that there is none to be reached', async () => {
    const error = { code: 'too_large', message: 'The image is larger than 512 kB.', retryable: false };
    const refused = blobsOf({ url: 'http://test', fetch: answering({ error }, 413).fetch });
    await expect(refused.upload(image, 'avatar')).rejects.toMatchObject(error);
    const broken = blobsOf({ url: 'http://test', fetch: answering('<html>', 502).fetch });
    await expect(broken.upload(image, 'avatar')).rejects.toMatchObject({ code: 'unavailable' });
    const away = blobsOf({ url: 'http://test', fetch: () => Promise.reject(new TypeError('fetch failed')) });
    await expect(away.upload(image, 'avatar')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('can be called off', async () => {
    const fetch = ((_url: unknown, { signal }: RequestInit) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      )) as typeof globalThis.fetch;
    const controller = new AbortController();
    const upload = blobsOf({ url: 'http://test', fetch }).upload(image, 'avatar', controller);
    controller.abort();
    await expect(upload).rejects.toMatchObject({ name: 'AbortError' });
  });
});
