import type { Presence } from '@kith/protocol';
import { expect, it } from 'vitest';
import { localBus } from './bus.ts';
import type { Subscriber } from './subscriber.ts';
import { createPeopleWatch } from './watching.ts';

it('S21: two changes at once: who may see somebody by the second is told, though the first was still being asked', async () => {
  const bus = localBus();
  const asked: ((viewers: ReadonlySet<string>) => void)[] = [];
  const watch = createPeopleWatch(
    bus,
    () => new Promise((resolve) => asked.push(resolve)),
    async () => new Set(),
  );
  const states = new Map<string, Presence['state'][]>();
  for (const userId of ['ben', 'cid']) {
    const told: Presence['state'][] = [];
    states.set(userId, told);
    const socket: Subscriber = {
      tenantId: 1,
      userId,
      sessionId: userId,
      send: () => undefined,
      sendPacket: ({ bytes }) => {
        const text = bytes.toString();
        told.push(JSON.parse(text.slice(text.indexOf('{'))).ephemeral.presence.state);
      },
      revoked: () => undefined,
    };
    watch.watch(socket, 'ada');
  }
  const reveal = (state: 'online' | 'away') =>
    watch.reveal(1, 'ada', { type: 'presence', presence: { userId: 'ada', state } });
  reveal('online');
  reveal('away');
  asked[0]?.(new Set(['ben']));
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.(new Set(['ben', 'cid']));
  await expect.poll(() => states.get('cid')).toEqual(['offline', 'away']);
  expect(states.get('ben')?.at(-1)).toBe('away');
  // What was told is done with.
  reveal('online');
  asked[2]?.(new Set());
  await expect.poll(() => states.get('ben')?.at(-1)).toBe('offline');
  watch.close();
  await bus.close();
});
