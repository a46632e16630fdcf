import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createPlaces } from './places.ts';

const ann = { tenantId: 1, userId: 'ann' };

it('takes so many of one person, lets a few wait, and sends the others away', async () => {
  const places = createPlaces({ places: 2, waiting: 1, patienceMs: 60_000 });
  const leaves = [await places.enter(ann), await places.enter(ann)];
  let entered = false;
  const third = places.enter(ann).then((leave) => {
    entered = true;
    return leave;
  });
  await expect(places.enter(ann)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1_000 });
  // Others are not concerned.
  (await places.enter({ tenantId: 2, userId: 'ann' }))();
  await sleep(1);
  expect(entered).toBe(false);
  leaves[0]?.();
  leaves.push(await third);
  for (const leave of leaves.slice(1)) leave();
  // All free again.
  await places.enter(ann);
  await places.enter(ann);
});

it('does not let wait for long, and keeps no place for who gave up', async () => {
  const places = createPlaces({ places: 1, waiting: 1, patienceMs: 20 });
  const leave = await places.enter(ann);
  await expect(places.enter(ann)).rejects.toMatchObject({ code: 'rate_limited' });
  leave();
  (await places.enter(ann))();
});
