import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminOutput, OperatorOutput, Output } from '@kith/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack } from '../../testing/attacks.ts';
import {
  type EmbedWorld,
  type HostPersonIn,
  openEmbedWorld,
  type TestTenant,
} from '../../testing/embedWorld.ts';
import { databaseKinds } from '../../testing/world.ts';
import { tenantsDb } from '../tenants/tables.ts';

const FACE = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a33' } })
  .png()
  .toBuffer();

const OTHER = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#3a3' } })
  .png()
  .toBuffer();

/** A host's server of pictures: what it was asked for, and what it answers by path. */
interface Pictures {
  readonly url: string;
  readonly asked: string[];
  fails: boolean;
  close(): Promise<void>;
}

async function openPictures(): Promise<Pictures> {
  const asked: string[] = [];
  const state = { fails: false };
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (state.fails) response.writeHead(503).end();
    else if (path.startsWith('/page'))
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello');
    else if (path.startsWith('/liar'))
      response.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload=alert(1)>');
    else if (path.startsWith('/huge'))
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(3_000_000, FACE));
    else if (path.startsWith('/inside'))
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    else response.writeHead(200, { 'content-type': 'image/png' }).end(path === '/other' ? OTHER : FACE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    get fails() {
      return state.fails;
    },
    set fails(fails) {
      state.fails = fails;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.each(databaseKinds)('pictures of hosts, on %s', { timeout: 60_000 }, (kind) => {
  let world: EmbedWorld;
  let pictures: Pictures;
  let acme: TestTenant;
  beforeAll(async () => {
    [world, pictures] = await Promise.all([openEmbedWorld(kind), openPictures()]);
    acme = await world.tenant(`faces-${kind}`);
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    await pictures?.close();
  });

  const avatarOf = async ({ bearer }: HostPersonIn): Promise<string | null> => {
    const { user } = await world.call<Output<'getMe'>>({ id: '', bearer, cookie: {} }, 'GET', '/me');
    return user.avatar?.blobId ?? null;
  };
  const shown = (person: HostPersonIn) => expect.poll(() => avatarOf(person), { timeout: 10_000 });
  const db = () => tenantsDb(world.service.services.database.db);
  const left = async (): Promise<number> => {
    const rows = await db()
      .selectFrom('host_people')
      .select('sub')
      .where('picture_due', 'is not', null)
      .execute();
    return rows.length;
  };

  it('are fetched once, again when the host names another, and go when it names none', async () => {
    const ann = await world.enter(acme, 'ann', { picture: `${pictures.url}/ann` });
    await shown(ann).not.toBeNull();
    const first = await avatarOf(ann);
    await world.enter(acme, 'ann', { picture: `${pictures.url}/ann` });
    await world.enter(acme, 'ann');
    expect(await left()).toBe(0);
    expect(pictures.asked.filter((path) => path === '/ann')).toHaveLength(1);
    expect(await avatarOf(ann)).toBe(first);

    // The same picture at another address, such as one that is signed anew, is no news.
    await world.enter(acme, 'ann', { picture: `${pictures.url}/ann?signed=again` });
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
    expect(pictures.asked).toContain('/ann?signed=again');
    expect(await avatarOf(ann)).toBe(first);
    await world.enter(acme, 'ann', { picture: `${pictures.url}/other` });
    await shown(ann).not.toBe(first);
    await world.enter(acme, 'ann', { picture: null });
    await shown(ann).toBeNull();
  });

  it('come by the backend, too', async () => {
    const { key } = await world.operate<OperatorOutput<'createApiKey'>>(
      'POST',
      `/tenants/${acme.slug}/api-keys`,
      {
        name: 'backend',
        scopes: ['people:write'],
      },
    );
    const backend = { id: '', bearer: { authorization: `Bearer ${key}` }, cookie: {} };
    await world.call<AdminOutput<'upsertPeople'>>(backend, 'PUT', '/admin/people', {
      people: [{ sub: 'cleo', name: 'Cleo', picture: `${pictures.url}/cleo` }],
    });
    await shown(await world.enter(acme, 'cleo')).not.toBeNull();
    await expect(
      world.call(backend, 'PUT', '/admin/people', {
        people: [{ sub: 'cleo', picture: 'file:///etc/passwd' }],
      }),
    ).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('keep nobody out, and are tried again while their server is away', async () => {
    for (const picture of [17, 'no address', 'data:image/png;base64,AAAA', `https://${'a'.repeat(3_000)}`])
      await world.enter(acme, 'odd', { picture });
    pictures.fails = true;
    const bob = await world.enter(acme, 'bob', { picture: `${pictures.url}/bob` });
    await expect.poll(() => pictures.asked.includes('/bob'), { timeout: 10_000 }).toBe(true);
    pictures.fails = false;
    await expect
      .poll(
        () =>
          db().selectFrom('host_people').select('picture_due').where('sub', '=', 'bob').executeTakeFirst(),
        { timeout: 10_000 },
      )
      .toMatchObject({ picture_due: expect.any(Date) });
    await db()
      .updateTable('host_people')
      .set({ picture_due: new Date(0) })
      .where('sub', '=', 'bob')
      .execute();
    await world.enter(acme, 'nudge', { picture: `${pictures.url}/nudge` });
    await shown(bob).not.toBeNull();
  });

  attack(
    'are nothing but pictures',
    'a page, a page that says it is a picture, three megabytes, a redirect into the network of clouds',
    async (saw) => {
      for (const path of ['/page', '/liar', '/huge', '/inside']) {
        const eve = await world.enter(acme, `eve${path}`, { picture: `${pictures.url}${path}` });
        await expect.poll(() => pictures.asked.includes(path), { timeout: 10_000 }).toBe(true);
        saw(path, (await avatarOf(eve)) === null ? 'no picture' : 'a picture', ['no picture']);
      }
    },
  );

  attack(
    'are not fetched from inside',
    'addresses of this machine, of private networks and of clouds, in every spelling; plain HTTP; names and passwords in the address',
    async (saw) => {
      const outside = await openEmbedWorld(kind, { privateKeys: false });
      const beta = await outside.tenant(`guarded-${kind}`);
      const { port } = new URL(pictures.url);
      const addresses = [
        `${pictures.url}/secret`,
        `https://127.0.0.1:${port}/secret`,
        'https://localhost/secret',
        'https://[::1]/secret',
        'https://[::ffff:127.0.0.1]/secret',
        'https://2130706433/secret',
        'https://0x7f.1/secret',
        'https://10.0.0.1/secret',
        'https://192.168.1.1/secret',
        'https://169.254.169.254/latest/meta-data/',
        'https://user:pass@127.0.0.1/secret',
        'http://example.org/secret',
      ];
      const rows = tenantsDb(outside.service.services.database.db);
      for (const [n, picture] of addresses.entries()) {
        const eve = await outside.enter(beta, `eve-${n}`, { picture });
        const tried = () =>
          rows
            .selectFrom('host_people')
            .select('picture_tries')
            .where('user_id', '=', eve.id)
            .executeTakeFirst();
        await expect.poll(tried, { timeout: 15_000 }).toEqual({ picture_tries: 1 });
        const { user } = await outside.call<Output<'getMe'>>(
          { id: '', bearer: eve.bearer, cookie: {} },
          'GET',
          '/me',
        );
        saw(picture, user.avatar ? 'fetched' : 'not fetched', ['not fetched']);
      }
      expect(pictures.asked.filter((path) => path.startsWith('/secret'))).toEqual([]);
      await outside.close();
    },
  );
});
