import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newId } from '@kith/protocol';
import type { Locker } from '@tus/server';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import type { UploadKey } from '../store/uploadLeases.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createLeases, type Leases } from './leases.ts';
import { createUploadLocks } from './locks.ts';

const person = { tenantId: 1, userId: newId() };
const never = new AbortController().signal;

/** Holds it until somebody asks, and a little longer. */
async function hold(locks: Locker, id: string): Promise<{ readonly asked: Promise<void> }> {
  const lock = locks.newLock(id);
  const asked = Promise.withResolvers<void>();
  await lock.lock(never, () => {
    asked.resolve();
    setTimeout(() => void lock.unlock(), 20);
  });
  return { asked: asked.promise };
}

describe('locks of uploads on one node', () => {
  it('are of one person: who knows an id of somebody else’s stops nobody', async () => {
    let wanted: (key: UploadKey) => void = () => undefined;
    const leases: Leases = {
      take: async () => ({ confirm: async () => undefined, isHeld: () => true, free: async () => undefined }),
      ask: () => undefined,
      onAsked: (listener) => {
        wanted = listener;
      },
    };
    const locks = createUploadLocks({ leases });
    let asked = 0;
    const ask = (): void => {
      asked++;
    };
    await locks.of(person).newLock('a').lock(never, ask);
    await locks
      .of({ ...person, tenantId: 2 })
      .newLock('a')
      .lock(never, ask);
    await locks
      .of({ ...person, userId: newId() })
      .newLock('a')
      .lock(never, ask);
    wanted({ tenantId: 1, userId: newId(), id: 'a' });
    expect(asked).toBe(0);
    wanted({ ...person, id: 'a' });
    expect(asked).toBe(1);
  });

  it('asks who holds it to stop, and comes next', async () => {
    const locks = createUploadLocks().of(person);
    const { asked } = await hold(locks, 'a');
    const next = locks.newLock('a');
    await next.lock(never, () => undefined);
    await asked;
    await next.unlock();
    await locks.newLock('b').lock(never, () => undefined);
  });

  it('gives up when the holder does not stop, and leaves nothing behind', async () => {
    const locks = createUploadLocks({ waitMs: 50 }).of(person);
    const held = locks.newLock('a');
    await held.lock(never, () => undefined);
    await expect(locks.newLock('a').lock(never, () => undefined)).rejects.toMatchObject({ status_code: 423 });
    await held.unlock();
    await locks.newLock('a').lock(never, () => undefined);
  });

  it('does not let a crowd wait', async () => {
    const locks = createUploadLocks({ waitMs: 200 }).of(person);
    await locks.newLock('a').lock(never, () => undefined);
    const began = performance.now();
    const crowd = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        locks
          .newLock('a')
          .lock(never, () => undefined)
          .catch((error: unknown) => {
            throw performance.now() - began < 150 ? new Error('at once') : error;
          }),
      ),
    );
    const refused = crowd.filter((one) => one.status === 'rejected' && one.reason.message === 'at once');
    expect(refused.length).toBeGreaterThanOrEqual(46);
  });
});

describe.each(databaseKinds)('leases of uploads on several nodes, on %s', (kind) => {
  let world: World;
  let ann: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
  });
  afterAll(() => world?.close());

  const node = (name: string, caller: Caller = ann, leaseMs?: number) => {
    const { database, bus } = world;
    const logger = pino({ level: 'silent' });
    const leases = createLeases({ node: name, database, bus, logger, ...(leaseMs && { leaseMs }) });
    const locks = createUploadLocks({ leases, waitMs: 2_000 });
    return { ...locks.of(caller), fence: (id: string) => locks.fence({ ...caller, id }) };
  };

  it('lets the other node finish what it holds, and then writes', async () => {
    const [one, two] = [node('one'), node('two')];
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    const { asked } = await hold(one, id);
    await two.newLock(id).lock(never, () => undefined);
    await asked;
    await expect(one.newLock(id).lock(never, () => undefined)).rejects.toMatchObject({ status_code: 423 });
  });

  it('gives up in time, also when memory is tidied meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const tidy: () => void = runInNewContext('gc');
    const [one, two] = [node('one'), node('two')];
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    await one.newLock(id).lock(never, () => undefined);
    const tidied = setInterval(tidy, 50);
    try {
      await expect(two.newLock(id).lock(never, () => undefined)).rejects.toMatchObject({ status_code: 423 });
    } finally {
      clearInterval(tidied);
    }
  });

  it('does not ask itself, while it waits for the other', async () => {
    const [one, two] = [node('one'), node('two')];
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    const held = one.newLock(id);
    const asked = Promise.withResolvers<void>();
    await held.lock(never, () => asked.resolve());
    let stopped = false;
    const taken = two.newLock(id).lock(never, () => {
      stopped = true;
    });
    await asked.promise;
    await sleep(150);
    await held.unlock();
    await taken;
    await sleep(150);
    expect(stopped).toBe(false);
  });

  it('stops writing when another node has taken it meanwhile', async () => {
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    const { asked } = await hold(node('slow', ann, 200), id);
    // As after a pause of this node that was longer than its lease.
    await world.database.db
      .updateTable('files')
      .set({ writer: 'other', writer_until: new Date(Date.now() + 60_000) })
      .where('id', '=', id)
      .execute();
    await asked;
  });

  it('keeps off a node whose lease ran out, also when the other is done', async () => {
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    const [slow, quick] = [node('slow', ann, 300), node('quick')];
    const { asked } = await hold(slow, id);
    const fence = await slow.fence(id);
    fence();
    // It stands still: its time passes, and neither its timers nor anything else of it runs.
    await world.database.db
      .updateTable('files')
      .set({ writer_until: new Date(0) })
      .where('id', '=', id)
      .execute();
    const lock = quick.newLock(id);
    await lock.lock(never, () => undefined);
    (await quick.fence(id))();
    await lock.unlock();
    const end = performance.now() + 350;
    while (performance.now() < end);
    expect(fence).toThrow(expect.objectContaining({ code: 'not_ready' }));
    await asked;
  });

  it('is of one node only where the upload is begun by the same request', async () => {
    const id = newId();
    const [first, second] = [node('first'), node('second')];
    const lock = first.newLock(id);
    await lock.lock(never, () => undefined);
    // Nothing could be leased yet.
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    const other = second.newLock(id);
    await other.lock(never, () => undefined);
    await expect(first.fence(id)).rejects.toMatchObject({ code: 'not_ready' });
    (await second.fence(id))();
    await other.unlock();
    (await first.fence(id))();
    await expect(second.newLock(id).lock(never, () => undefined)).rejects.toMatchObject({ status_code: 423 });
  });

  it('is not disturbed by somebody who knows the id', async () => {
    const bob = await world.person('Bob');
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    let asked = false;
    await node('hers', ann)
      .newLock(id)
      .lock(never, () => {
        asked = true;
      });
    // It is nothing of his, here or on another node: he need not wait, and has taken nothing.
    for (const his of [node('hers', bob), node('his', bob)]) {
      const lock = his.newLock(id);
      await lock.lock(never, () => undefined);
      await lock.unlock();
    }
    expect(asked).toBe(false);
    const row = world.database.db.selectFrom('files').select('writer').where('id', '=', id);
    expect(await row.executeTakeFirst()).toEqual({ writer: 'hers' });
  });

  it('takes over from a node that is gone', async () => {
    const id = newId();
    await world.services.files.begin(ann, { id, size: 10, opaque: true });
    await world.database.db
      .updateTable('files')
      .set({ writer: 'gone', writer_until: new Date(Date.now() + 300) })
      .where('id', '=', id)
      .execute();
    const lock = node('here').newLock(id);
    await lock.lock(never, () => undefined);
    await lock.unlock();
    await sleep(1);
    const other = node('there').newLock(id);
    await other.lock(never, () => undefined);
    await other.unlock();
  });
});
