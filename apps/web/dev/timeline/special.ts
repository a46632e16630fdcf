/** One of everything a message can be. */
import type { MessageRecord } from '@kith/protocol';
import { ids } from './fake.ts';

const ref = (n: number) => ({
  messageId: `01938b2e-7c1d-7e3a-9d5b-${(0x100000 + n).toString(16).padStart(12, '0')}`,
  seq: n,
});
const { me, ana, bo, cleo } = ids;

export const special = (count: number): readonly Partial<MessageRecord & { text: string }>[] => [
  { authorId: ana, body: { type: 'system', event: { type: 'renamed', name: 'Harbour walk' } } },
  { authorId: ana, body: { type: 'system', event: { type: 'added', userIds: [bo, cleo] } } },
  { authorId: bo, text: 'Morning! Is the **harbour walk** still on for Saturday?' },
  { authorId: bo, text: 'I can bring the thermos.' },
  { authorId: me, text: 'Yes. Ten at the ferry steps.' },
  { authorId: me, text: 'Ok' },
  {
    authorId: cleo,
    text: `<@${me}> can you send the route? And tell <@${ana}> and <@all> to wear *real* shoes this time, please ~~sandals~~.`,
  },
  {
    authorId: me,
    text: 'Here it is: https://maps.example.org/route/harbour-to-lighthouse?via=old+town\n\n1. Ferry steps\n2. Old town, then the wall\n3. Lighthouse\n\n- water\n- a hat',
    reactions: [
      { emoji: '👍', count: 3, userIds: [bo, cleo, ana] },
      { emoji: '🎉', count: 1, userIds: [me], mine: true },
    ],
  },
  { authorId: ana, text: 'Real shoes it is.', replyTo: ref(count - 3) },
  { authorId: ana, text: '😂' },
  {
    authorId: ana,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code that a message shows
    text: 'For the log, my watch does this now:\n```ts\nexport const pace = (km: number, min: number) => `${(min / km).toFixed(1)} min/km`; // a rather long line that scrolls\nconsole.log(pace(12, 150));\n```',
    reactions: [{ emoji: '❤️', count: 2, userIds: [bo, me], mine: true }],
  },
  {
    authorId: me,
    text: '> We walk at ten.\n\nThen we **do** walk at ten. `rain` or not.',
    replyTo: ref(5),
    edited: { at: new Date().toISOString(), count: 1 },
  },
  { authorId: me, text: '', body: { type: 'deleted', at: new Date().toISOString(), by: me } },
  { authorId: bo, text: '', body: { type: 'deleted', at: new Date().toISOString(), by: bo } },
  {
    authorId: bo,
    text: 'See you there',
    replyTo: { messageId: '01938b2e-7c1d-7e3a-9d5b-00000000dead', seq: 1 },
  },
  { authorId: me, text: 'See you ❤️' },
];
