import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';
import { readFrames } from './frames.ts';

/** Says nothing to anybody; what it said is to be read as the others would get it. */
function speaker(index: number) {
  const said: { id: number; text: string }[] = [];
  return { index, said, say: (id: number, _messageId: string, text: string) => void said.push({ id, text }) };
}

/** As receiver 1 hears it. */
const hear = (arrivals: Arrivals, text: string): void =>
  readFrames(`{"t":"event","event":{"records":[{"seq":1,"text":"${text}"}]}}`, {
    reply: () => undefined,
    failed: () => undefined,
    message: (due, sender) => arrivals.delivered(due, sender, 1),
    lastSeq: () => undefined,
    other: () => undefined,
  });

test('messages of one person in one microsecond are told apart', async () => {
  const arrivals = new Arrivals();
  const peer = speaker(0);
  arrivals.say(peer, 1, 12.3456);
  arrivals.say(peer, 1, 12.3456);
  for (const { id, text } of peer.said) {
    arrivals.acknowledged(id);
    hear(arrivals, text);
  }
  expect(await arrivals.settle()).toBe(true);
  expect([arrivals.missing, arrivals.repeated]).toEqual([0, 0]);
});

test('what comes twice does not hide what does not come', () => {
  const arrivals = new Arrivals();
  const peer = speaker(0);
  arrivals.say(peer, 1, 1);
  arrivals.say(peer, 1, 2);
  hear(arrivals, peer.said[0]!.text);
  hear(arrivals, peer.said[0]!.text);
  expect([arrivals.missing, arrivals.repeated]).toEqual([1, 1]);
});
