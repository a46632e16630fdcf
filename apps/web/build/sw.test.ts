/** The worker beside a page that is not there: what it does with images, and with a press on a notice. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';

const source = readFileSync(new URL('./sw.js', import.meta.url), 'utf8').replace("'__FILES__'", "'[]'");
const ADDRESS = 'https://kith.example/v1/blobs/one';

type Handler = (event: Record<string, unknown>) => void;

function worker(answer: () => Response) {
  const handlers = new Map<string, Handler>();
  const kept = new Map<string, Response>();
  const asked: RequestCache[] = [];
  const opened: string[] = [];
  const cache = {
    match: ({ url }: Request) => Promise.resolve(kept.get(url)?.clone()),
    put: ({ url }: Request, response: Response) => Promise.resolve(void kept.set(url, response)),
    delete: ({ url }: Request) => Promise.resolve(kept.delete(url)),
    keys: () => Promise.resolve([...kept.keys()].map((url) => new Request(url))),
  };
  const clients = {
    matchAll: () => Promise.resolve([]),
    openWindow: (path: string) => Promise.resolve(void opened.push(path)),
  };
  runInNewContext(source, {
    self: { addEventListener: (type: string, handler: Handler) => handlers.set(type, handler), clients },
    caches: { open: () => Promise.resolve(cache) },
    fetch: (request: Request) => {
      asked.push(request.cache);
      return Promise.resolve(answer());
    },
    location: new URL(ADDRESS),
    URL,
    Request,
    Response,
    Date,
  });
  const show = async (): Promise<number> => {
    const waiting: Promise<unknown>[] = [];
    let shown: Promise<Response> | undefined;
    handlers.get('fetch')?.({
      request: new Request(ADDRESS),
      respondWith: (response: Promise<Response>) => {
        shown = response;
      },
      waitUntil: (work: Promise<unknown>) => waiting.push(work),
    });
    const status = (await shown)?.status ?? 0;
    await Promise.all(waiting);
    return status;
  };
  const press = async (action: string): Promise<void> => {
    let done: Promise<unknown> | undefined;
    handlers.get('notificationclick')?.({
      notification: { close: () => undefined, data: { conversationId: 'c', messageId: 'm' } },
      action,
      waitUntil: (work: Promise<unknown>) => {
        done = work;
      },
    });
    await done;
  };
  return { show, press, kept, asked, opened };
}

const picture = (ageMs: number, status = 200) =>
  new Response('picture', { status, headers: { date: new Date(Date.now() - ageMs).toUTCString() } });

it('a picture that was seen is shown at once, and asked for again later, past the copy of the browser', async () => {
  let age = 2 * 3_600_000;
  let status = 200;
  const { show, kept, asked } = worker(() => picture(age, status));
  expect(await show()).toBe(200);
  age = 0;
  expect(await show()).toBe(200);
  expect(asked).toEqual(['default', 'no-cache']);
  // Fresh again: nobody is asked.
  expect(await show()).toBe(200);
  expect(asked).toHaveLength(2);
  expect(kept.size).toBe(1);

  kept.set(ADDRESS, picture(2 * 3_600_000));
  // A server in trouble says nothing about the picture.
  status = 503;
  await show();
  expect(kept.size).toBe(1);
  // Hidden by its owner.
  status = 404;
  expect(await show()).toBe(200);
  expect(kept.size).toBe(0);
  expect(await show()).toBe(404);
});

it('a press on "later" with no window open opens one that does it', async () => {
  const { press, opened } = worker(() => picture(0));
  await press('');
  await press('snooze');
  expect(opened).toEqual(['/c/c?m=m', '/c/c?m=m&snooze=1']);
});
