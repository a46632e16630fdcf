/** S11: what the bus loses, anti-entropy brings to every connected member within 15 seconds. */
import type { KithClient } from '@kith/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type InProcess, startInProcess } from '../support/inProcess.ts';
import { connect } from '../support/people.ts';
import { createRandom } from '../support/random.ts';
import { until } from '../support/wait.ts';
import { type ChaosBus, createChaosBus } from './chaosBus.ts';
import { serverHistory } from './history.ts';

/** The rule's own bound: a promise to people, not a measurement. */
const BOUND = { timeoutMs: 15_000, everyMs: 50 };

let place: InProcess;
let bus: ChaosBus;
beforeAll(async () => {
  bus = createChaosBus();
  place = await startInProcess({ bus });
});
afterAll(() => place?.close());

const textsOf = (client: KithClient, conversationId: string): string[] => {
  const timeline = client.timeline(conversationId);
  const texts = timeline.view
    .get()
    .messages.flatMap(({ record }) =>
      record.body.type === 'content' && record.body.content.type === 'plain'
        ? [record.body.content.text]
        : [],
    );
  timeline.dispose();
  return texts;
};

it.concurrent.each([0.05, 0.5, 1])(
  'S11: %d of all announcements are lost, and go on being lost',
  async (lost) => {
    const people = [await place.person('Ann'), await place.person('Ben'), await place.person('Cem')] as const;
    const clients = await Promise.all(people.map(({ token }) => connect(place.url, token)));
    const [ann, ben, cem] = clients as [KithClient, KithClient, KithClient];
    const group = await ann.conversations.create({
      kind: 'group',
      name: 'Group',
      userIds: [people[1].userId],
      history: 'all',
    });
    await until('Ben is in', () => ben.conversations.get(group).get());
    const timelines = [ann, ben].map((client) => client.timeline(group));

    const faults = { random: createRandom(7), of: () => true, lost, doubled: 0, late: 0, lateMs: 0 };
    for (const id of [group, ...people.map(({ userId }) => userId)]) bus.setFaults(id, faults);
    try {
      const written = Array.from({ length: 20 }, (_, index) => `message ${index}`);
      for (const text of written) ann.messages.send(group, text);
      await until('all are sent', () => ann.conversations.get(group).get()?.pending === undefined);
      await until('Ben has them', () => expect(textsOf(ben, group)).toEqual(written) ?? true, BOUND);

      // In, by no word but the database's.
      await ann.conversations.addMembers(group, [people[2].userId]);
      await until('Cem is in', () => cem.conversations.get(group).get(), BOUND);
      cem.messages.send(group, 'thank you');
      for (const client of [ann, ben]) {
        await until('Cem is heard', () => textsOf(client, group).includes('thank you'), BOUND);
      }

      // And out.
      await ann.conversations.removeMember(group, people[2].userId);
      await until('Cem is out', () => cem.conversations.get(group).get() === undefined, BOUND);
      await until(
        'nothing of it is told to Cem any more',
        async () => {
          await expect(cem.request('getHistory', { conversationId: group })).rejects.toMatchObject({
            code: 'not_found',
          });
          return true;
        },
        BOUND,
      );

      const history = await serverHistory(ann, group);
      for (const timeline of timelines) {
        await until(
          'everybody sees the same',
          () => expect(timeline.view.get().messages.map(({ record }) => record)).toEqual(history) ?? true,
          BOUND,
        );
      }
    } finally {
      for (const timeline of timelines) timeline.dispose();
      await Promise.all(clients.map((client) => client.stop()));
    }
  },
);
