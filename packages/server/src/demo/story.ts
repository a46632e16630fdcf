/**
 * The latest that was said in the demo, word for word: what a visitor sees first. `play.ts` performs it by the same commands
 * that people use.
 */
import type { Content, Reaction } from '@kith/protocol';
import type { Name } from './cast.ts';
import type { PropName } from './props.ts';

type Attachment = NonNullable<Extract<Content, { type: 'plain' }>['attachment']>;

export interface Line {
  readonly by: Name;
  /** Minutes before now. */
  readonly ago: number;
  /** `@name` is a mention. */
  readonly text?: string;
  readonly attachment?: Attachment;
  readonly files?: readonly PropName[];
  /** A name for it, for the lines that follow. */
  readonly key?: string;
  readonly replyTo?: string;
  readonly thread?: string;
  readonly reactions?: Readonly<Record<Reaction['emoji'], readonly Name[]>>;
  readonly votes?: Readonly<Partial<Record<Name, readonly number[]>>>;
  readonly pinnedBy?: Name;
}

export interface Story {
  /** The name of a place, or the two of a direct conversation. */
  readonly where: string | readonly [Name, Name];
  readonly lines: readonly Line[];
  /** The last ones, that the owner of the demo has not read. */
  readonly unread: number;
}

const kaki = (stickerId: string, emoji: string, alt: string): Attachment => ({
  type: 'sticker',
  stickerId,
  width: 160,
  height: 160,
  emoji,
  alt,
});

const engineering: Story = {
  where: 'engineering',
  unread: 0,
  lines: [
    {
      by: 'elif',
      ago: 212,
      text: 'Arabic now mirrors everywhere but in the splitter. I will have that by noon.',
      reactions: { '👏': ['kavya', 'ada', 'hiroshi'] },
    },
    {
      by: 'hiroshi',
      ago: 171,
      key: 'numbers',
      text: 'The outbox no longer waits for the clock. Same phone, same walk through the tunnel:\n\n```text\nbefore  p99  184 ms\nafter   p99   41 ms\n```',
      reactions: { '🎉': ['ada', 'chioma', 'jonas', 'daniel'], ':persimmon:': ['kavya', 'elif', 'ada'] },
      pinnedBy: 'daniel',
    },
    { by: 'jonas', ago: 166, thread: 'numbers', text: 'Which phone was that?' },
    {
      by: 'hiroshi',
      ago: 164,
      thread: 'numbers',
      text: 'The one with the cracked glass, from 2019. It has earned a rest.',
      reactions: { '🫡': ['jonas', 'ada'] },
    },
    { by: 'elif', ago: 160, thread: 'numbers', text: 'Can I have it for the right-to-left tests?' },
    { by: 'hiroshi', ago: 159, thread: 'numbers', text: 'It is yours. The battery lasts until lunch.' },
    { by: 'ada', ago: 141, thread: 'numbers', text: 'Does the trace show where the other 143 went?' },
    {
      by: 'hiroshi',
      ago: 138,
      thread: 'numbers',
      text: 'Layout. Every bubble was measured twice: once for itself, and once for the row above it, which only wanted to know whether it was still there.',
    },
    {
      by: 'kavya',
      ago: 136,
      thread: 'numbers',
      text: 'I know meetings like that.',
      reactions: { '😂': ['ada', 'hiroshi', 'elif'] },
    },
    {
      by: 'ada',
      ago: 96,
      key: 'reader',
      text: '@kavya could you take the new build for a walk with a screen reader?',
    },
    {
      by: 'kavya',
      ago: 91,
      replyTo: 'reader',
      text: 'On it. Last time it read every tick aloud, like a very proud clock.',
    },
    {
      by: 'chioma',
      ago: 64,
      attachment: {
        type: 'poll',
        question: 'When do we cut the release?',
        options: ['Today, after lunch', 'Monday, first thing', 'When the long run has had its weekend'],
        multiple: false,
        anonymous: false,
      },
      votes: { daniel: [1], ada: [1], hiroshi: [2], kavya: [1], jonas: [1], elif: [0] },
    },
    {
      by: 'daniel',
      ago: 62,
      text: 'Monday. Nobody has ever thanked us for a Friday.',
      reactions: { '💯': ['ada', 'kavya', 'chioma', 'jonas'] },
    },
    {
      by: 'jonas',
      ago: 41,
      text: 'The notes for operators are ready. Comments are welcome until tonight, tea until then as well.',
      files: ['notes'],
    },
    {
      by: 'ada',
      ago: 22,
      text: 'Read them on the train. Two small remarks in the margin, otherwise *very* nice.',
    },
    { by: 'jonas', ago: 19, text: 'Both done.' },
    {
      by: 'kavya',
      ago: 17,
      text: 'Screen reader: all good. It even pauses in the right places.',
      reactions: { '❤️': ['ada', 'elif', 'chioma'] },
    },
    { by: 'ada', ago: 16, text: 'Then we are as good as there. Thank you, all of you.' },
  ],
};

const launch: Story = {
  where: 'Launch week',
  unread: 0,
  lines: [
    {
      by: 'ines',
      ago: 158,
      key: 'days',
      pinnedBy: 'ada',
      text: 'The week, so that nobody has to ask:\n\n- **Monday** release, quietly\n- **Tuesday** open house, 18:00\n- **Wednesday** we read what people write\n- **Friday** soup',
      reactions: { '👍': ['ada', 'daniel', 'hiroshi'] },
    },
    {
      by: 'ines',
      ago: 152,
      text: 'Tuesday is here. Big table, good coffee, no projector.',
      attachment: {
        type: 'location',
        latitude: 53.54395,
        longitude: 9.98861,
        label: 'Reading room, harbour library',
      },
    },
    { by: 'daniel', ago: 149, text: 'No projector is a feature.', reactions: { '😄': ['ines', 'kavya'] } },
    { by: 'ada', ago: 120, text: 'I bring the cake. It will be round and it will be persimmon. :persimmon:' },
    { by: 'kavya', ago: 118, attachment: kaki('cake', '🍰', 'Kaki has a birthday cake') },
    {
      by: 'hiroshi',
      ago: 74,
      text: 'The demo runs without a network now, in case the library’s is as old as its books.',
    },
    {
      by: 'kavya',
      ago: 51,
      text: 'For the door, so that we hear who comes:',
      files: ['tune'],
      reactions: { '🎶': ['ines', 'daniel'] },
    },
    {
      by: 'ines',
      ago: 38,
      text: 'The invitation is done, too. Whoever reads no Portuguese looks at the sea.',
      files: ['invitation'],
      reactions: { '🌊': ['kavya', 'ada'] },
    },
    { by: 'ada', ago: 26, text: 'Then there is nothing left to go wrong. I am slightly worried.' },
    { by: 'ines', ago: 24, attachment: kaki('ship', '🚀', 'Kaki takes off in a rocket') },
  ],
};

const hiking: Story = {
  where: 'Autumn hike',
  unread: 3,
  lines: [
    {
      by: 'greta',
      ago: 320,
      key: 'plan',
      pinnedBy: 'greta',
      text: 'Tomorrow, 8:12 from platform 4, back by dusk. The path above the old mill is closed, so we take the long way round: fourteen kilometres, two huts, one of them with soup.',
      reactions: { '🙌': ['ada', 'jonas', 'elif'] },
    },
    {
      by: 'leo',
      ago: 311,
      text: 'My boots are ready. My knees less so.',
      reactions: { '😂': ['greta', 'ada', 'elif'] },
    },
    { by: 'leo', ago: 298, text: 'This is my window, just now. I am not complaining.', files: ['rain'] },
    {
      by: 'elif',
      ago: 121,
      attachment: {
        type: 'poll',
        question: 'What goes into the big rucksack?',
        options: ['Thermos of tea', 'Plum cake', 'The spare torch', 'A second thermos of tea'],
        multiple: true,
        anonymous: false,
      },
      votes: { greta: [0, 2], ada: [0, 1], jonas: [0, 1, 3], leo: [1, 2], elif: [0, 1, 3] },
    },
    { by: 'jonas', ago: 52, text: 'I can take three in the car if somebody misses the train.' },
    { by: 'leo', ago: 47, text: 'Somebody will.' },
    {
      by: 'greta',
      ago: 9,
      text: 'The forecast says first snow above 900 metres. Bring the good gloves. This was the same week a year ago:',
      files: ['ridges', 'lake', 'fog'],
      reactions: { '❄️': ['jonas', 'elif'] },
    },
  ],
};

const bruno: Story = {
  where: ['ada', 'bruno'],
  unread: 1,
  lines: [
    { by: 'bruno', ago: 680, text: 'Did you get home all right?' },
    { by: 'ada', ago: 662, text: 'The last train was twenty minutes late, but it came. And it was warm.' },
    { by: 'bruno', ago: 660, text: 'Good. Sleep well.', reactions: { '🌙': ['ada'] } },
    {
      by: 'bruno',
      ago: 88,
      text: 'I found your copy of _The Summer Book_ under the sofa. I may have read it before telling you.',
    },
    { by: 'ada', ago: 84, text: 'All of it?' },
    { by: 'bruno', ago: 83, text: 'Twice.' },
    { by: 'ada', ago: 82, attachment: kaki('laugh', '😂', 'Kaki laughs until tears come') },
    {
      by: 'bruno',
      ago: 52,
      text: 'The tree behind the house has outdone itself. These are yours.',
      files: ['persimmons'],
      reactions: { '🧡': ['ada'] },
    },
    { by: 'ada', ago: 47, text: 'What does one do with so many?' },
    { by: 'bruno', ago: 41, files: ['kitchen'] },
    { by: 'bruno', ago: 34, text: 'Lunch on Thursday? I owe you a book and a soup.' },
  ],
};

const layla: Story = {
  where: ['ada', 'layla'],
  unread: 0,
  lines: [
    { by: 'layla', ago: 231, text: 'صباح الخير يا آدا! هل وصلتك المسودة؟', files: ['chapter'] },
    { by: 'ada', ago: 226, text: 'صباح النور. وصلت البارحة، وقرأتها هذا الصباح مع القهوة.' },
    { by: 'layla', ago: 224, text: 'وما رأيك؟ كوني صريحة.' },
    {
      by: 'ada',
      ago: 219,
      text: 'البداية هادئة وجميلة. الفصل الثالث طويل قليلًا، أما النهاية فقد أعدت قراءتها مرتين.',
      reactions: { '❤️': ['layla'] },
    },
    { by: 'layla', ago: 217, text: 'كنت أعرف أنك ستقولين ذلك عن الفصل الثالث 😄' },
    { by: 'layla', ago: 58, key: 'sunday', text: 'سأختصره الليلة. هل نلتقي يوم الأحد عند المكتبة القديمة؟' },
    { by: 'ada', ago: 55, replyTo: 'sunday', text: 'بكل سرور. الساعة الرابعة؟' },
    { by: 'layla', ago: 54, text: 'الرابعة تمامًا، والشاي عليّ.' },
    { by: 'layla', ago: 31, text: 'البحر من الشرفة الآن:', files: ['sea'], reactions: { '😍': ['ada'] } },
    { by: 'layla', ago: 29, files: ['balcony'] },
  ],
};

const wei: Story = {
  where: ['ada', 'wei'],
  unread: 2,
  lines: [
    { by: 'wei', ago: 205, text: '早！上次说的那家面馆，周六还开着。' },
    { by: 'ada', ago: 201, text: '太好了。我们几点去？' },
    { by: 'wei', ago: 200, text: '十一点半吧，晚了要排队。' },
    { by: 'ada', ago: 196, text: '那我提前十分钟到，先占个靠窗的位子。' },
    { by: 'wei', ago: 195, text: '你上次也是这么说的 😂', reactions: { '🙈': ['ada'] } },
    { by: 'wei', ago: 190, text: '昨晚路过，雨还没停。', files: ['rain'] },
    {
      by: 'wei',
      ago: 44,
      text: '对了，译稿我改完了，第二页的语气柔和了一些。',
      files: ['translation'],
    },
    { by: 'wei', ago: 43, text: '不急，你有空再看。' },
  ],
};

export const stories: readonly Story[] = [engineering, launch, hiking, bruno, layla, wei];

/** What people say of themselves, and how they are today. */
export const profiles: Readonly<
  Partial<
    Record<
      Name,
      { readonly bio?: string; readonly status?: { readonly emoji: string; readonly text: string } }
    >
  >
> = {
  ada: { bio: 'Builds small tools that stay out of the way. Persimmons, trains, long walks.' },
  bruno: {
    bio: 'Cook, reader, owner of one good knife.',
    status: { emoji: '🍲', text: 'Something is on the stove' },
  },
  chioma: {
    bio: 'Keeps the promises that others write down.',
    status: { emoji: '🌴', text: 'Away from Monday' },
  },
  greta: { bio: 'Above the tree line, mostly.', status: { emoji: '⛰️', text: 'Packing' } },
  hiroshi: {
    bio: 'Measures first. Then measures again.',
    status: { emoji: '🎧', text: 'Heads down until four' },
  },
  ines: { bio: 'Lisbon, by way of Hamburg. Collects tiles.' },
  kavya: { bio: 'Listens to interfaces.' },
  layla: { bio: 'كاتبة ومترجمة. أحب الجمل القصيرة.' },
  wei: { bio: '翻译，慢慢来。', status: { emoji: '📖', text: '在校对' } },
};
