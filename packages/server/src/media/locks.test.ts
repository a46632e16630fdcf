import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import type { Locker } from '@tus/server';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createLeases } from './leases.ts';
import { createUploadLocks } from './locks.ts';

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
  it('asks who holds it to stop, and comes next', async () => {
    const locks = createUploadLocks();
    const { asked } = await hold(locks, 'a');
    const next = locks.newLock('a');
    await next.lock(never, () => undefined);
    await asked;
    await next.unlock();
    await locks.newLock('b').lock(never, () => undefined);
  });

  it('gives up when the holder does not stop, and leaves nothing behind', async () => {
    const locks = createUploadLocks({ waitMs: 50 });
    const held = locks.newLock('a');
    await held.lock(never, () => undefined);
    await expect(locks.newLock('a').lock(never, () => undefined)).rejects.toMatchObject({ status_code: 423 });
    await held.unlock();
    await locks.newLock('a').lock(never, () => undefined);
  });

  it('does not let a crowd wait', async () => {
    const locks = createUploadLocks({ waitMs: 200 });
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

  const node = (name: string) => {
    const { database, bus } = world;
    const leases = createLeases({ node: name, database, bus, logger: pino({ level: 'silent' }) });
    const locks = createUploadLocks({ leases, waitMs: 2_000 });
    bus.subscribe(subjects.nodes, (message) => {
      if (message.type === 'upload_wanted') locks.askToStop(message.fileId);
    });
    return locks;
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
