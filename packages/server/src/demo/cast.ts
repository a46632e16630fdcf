/** Who lives in the demo, and where they meet. */
import type { Mood } from './phrases.ts';

/** The first is its owner, and whom the printed sign-in belongs to. */
export const cast = [
  ['ada', 'Ada Lindqvist'],
  ['bruno', 'Bruno Castellani'],
  ['chioma', 'Chioma Okafor'],
  ['daniel', 'Daniel Weiss'],
  ['elif', 'Elif Yıldız'],
  ['farid', 'Farid Rahimi'],
  ['greta', 'Greta Holm'],
  ['hiroshi', 'Hiroshi Tanaka'],
  ['ines', 'Inês Carvalho'],
  ['jonas', 'Jonas Petrov'],
  ['kavya', 'Kavya Menon'],
  ['leo', 'Leo Marchetti'],
  ['layla', 'ليلى حداد'],
  ['wei', '林薇'],
] as const satisfies readonly (readonly [username: string, displayName: string])[];

export type Name = (typeof cast)[number][0];

export const everyone: readonly Name[] = cast.map(([name]) => name);

export interface Place {
  readonly kind: 'group' | 'channel';
  readonly name: string;
  readonly topic: string;
  readonly visibility: 'public' | 'private';
  /** The first made it. */
  readonly people: readonly Name[];
  readonly moods: readonly Mood[];
  readonly messages: number;
  /** Messages the owner of the demo has not read yet; what a story tells comes on top. */
  readonly unread: number;
}

export const places: readonly Place[] = [
  {
    kind: 'channel',
    name: 'general',
    topic: 'Everything that concerns everyone',
    visibility: 'public',
    people: everyone.filter((name) => !['layla', 'wei'].includes(name)),
    moods: ['small', 'work'],
    messages: 1400,
    unread: 12,
  },
  {
    kind: 'channel',
    name: 'engineering',
    topic: 'How it is built',
    visibility: 'public',
    people: ['daniel', 'ada', 'chioma', 'hiroshi', 'kavya', 'jonas', 'elif'],
    moods: ['work'],
    messages: 1100,
    unread: 0,
  },
  {
    kind: 'channel',
    name: 'random',
    topic: 'The other half of the day',
    visibility: 'public',
    people: everyone.filter((name) => !['hiroshi', 'layla', 'wei'].includes(name)),
    moods: ['small', 'culture'],
    messages: 900,
    unread: 47,
  },
  {
    kind: 'channel',
    name: 'reading-club',
    topic: 'One book a month',
    visibility: 'public',
    people: ['ines', 'greta', 'leo', 'kavya'],
    moods: ['culture'],
    messages: 160,
    unread: 0,
  },
  {
    kind: 'channel',
    name: 'leads',
    topic: 'Plans, before they are plans',
    visibility: 'private',
    people: ['ada', 'chioma', 'daniel'],
    moods: ['work', 'intimate'],
    messages: 180,
    unread: 0,
  },
  {
    kind: 'group',
    name: 'Autumn hike',
    topic: '',
    visibility: 'private',
    people: ['greta', 'ada', 'jonas', 'leo', 'elif'],
    moods: ['hike', 'small'],
    messages: 320,
    unread: 0,
  },
  {
    kind: 'group',
    name: 'Launch week',
    topic: '',
    visibility: 'private',
    people: ['ada', 'daniel', 'kavya', 'hiroshi', 'ines'],
    moods: ['work', 'small'],
    messages: 260,
    unread: 0,
  },
];

/** Direct conversations: who, how long, how many the first has not read. */
export const directs: readonly {
  readonly people: readonly [Name, Name];
  readonly messages: number;
  readonly unread: number;
}[] = [
  { people: ['ada', 'bruno'], messages: 140, unread: 0 },
  { people: ['ada', 'chioma'], messages: 220, unread: 0 },
  { people: ['ada', 'greta'], messages: 60, unread: 0 },
  { people: ['ada', 'hiroshi'], messages: 45, unread: 2 },
  { people: ['ada', 'kavya'], messages: 90, unread: 0 },
  { people: ['ada', 'layla'], messages: 0, unread: 0 },
  { people: ['ada', 'wei'], messages: 0, unread: 0 },
  { people: ['bruno', 'chioma'], messages: 40, unread: 0 },
  { people: ['elif', 'farid'], messages: 30, unread: 0 },
];
