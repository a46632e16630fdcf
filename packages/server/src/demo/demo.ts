/** `npm start -- --demo`: a small lively world to look around in. Only ever written into an empty service. */
import { mentionOf, newId, type Reaction } from '@kith/protocol';
import { hasPeople } from '../accounts/persons.ts';
import { accountsDb } from '../accounts/tables.ts';
import type { Services } from '../services.ts';
import { backfillConversation, type PastMessage } from '../store/backfill.ts';
import { directKey } from '../store/conversations.ts';
import { cast, directs, type Name, places } from './cast.ts';
import { fetchProps } from './handOver.ts';
import { exchanges, type Mood, words } from './phrases.ts';
import { type Place, placeKey, play } from './play.ts';
import { stories } from './story.ts';

const PASSWORD = 'just looking around';
const addressOf = (name: Name): string => `${name}@demo.example`;
const DAYS = 60;
const EVENING_MINUTES = 15 * 60;
const DAY_MS = 24 * 60 * 60 * 1000;
const EMOJI = ['👍', '❤️', '😂', '🎉', '👀', '🙏', '🔥'];
/** The main tenant, made by the first migration. */
const TENANT = 1;

/** Fills an empty service with people and their past, and prints how to sign in. Leaves a service with people alone. */
export async function seedDemo(services: Services, print: (line: string) => void): Promise<void> {
  if (await hasPeople(accountsDb(services.database.db))) {
    print(
      'There are people here already, so nothing was added: the demo is only written into an empty service.',
    );
    print('If they are the demo’s, sign in as any of them with the password');
  } else {
    print('Writing the demo world…');
    await write(services);
    print('To look around, sign in as any of these, each with the password');
  }
  print(`  ${PASSWORD}`);
  print(`  ${addressOf('ada')} (the owner), ${addressOf('bruno')}, ${addressOf('chioma')}, …`);
}

async function write(services: Services): Promise<void> {
  const {
    accounts,
    database: { db },
  } = services;
  const props = fetchProps();
  // Whoever waits for it hears of it.
  props.catch(() => undefined);
  const people = new Map<Name, string>();
  for (const [username, name] of cast) {
    const outcome = await accounts.signUp(
      { email: addressOf(username), password: PASSWORD, name, username },
      { address: null, userAgent: 'demo' },
    );
    if (outcome.type !== 'signed_in')
      throw new Error('The demo’s people have no mailboxes: leave KITH_SMTP_URL and KITH_PROVE_EMAIL unset.');
    people.set(username, outcome.user.id);
  }
  const id = (name: Name): string => people.get(name) ?? '';
  const random = seeded(20261121);
  const stage = new Map<string, Place>();
  const told = new Set(stories.map(({ where }) => placeKey(where)));
  /** Where a story is told, the talk before it ended the evening before. */
  const minutesAgo = (key: string, usual: number): number => (told.has(key) ? EVENING_MINUTES : usual);

  for (const place of places) {
    const [creator, ...others] = place.people.map(id);
    if (!creator) continue;
    const [reader, other = creator] = [
      id('ada'),
      ...place.people.map(id).filter((userId) => userId !== id('ada')),
    ];
    const conversationId = newId();
    stage.set(place.name, { id: conversationId, people: place.people });
    const ended = minutesAgo(place.name, 7 + random() * 90);
    const all = converse(random, place.people.map(id), place.moods, place.messages, ended);
    const talk = endingWith(all, place.unread, reader, other);
    const first = all[0]?.at.getTime() ?? Date.now();
    const createdAt = new Date(Math.min(Date.now() - (DAYS + 1) * DAY_MS, first - 5 * 60_000));
    const opening: PastMessage[] = [
      { id: newId(), authorId: creator, at: createdAt, body: { system: { type: 'created' } } },
      { id: newId(), authorId: creator, at: createdAt, body: { system: { type: 'added', userIds: others } } },
    ];
    await backfillConversation(db, {
      tenantId: TENANT,
      id: conversationId,
      kind: place.kind,
      visibility: place.visibility,
      history: 'all',
      name: place.name,
      topic: place.topic,
      directKey: null,
      createdAt,
      members: place.people.map((name, index) => ({
        userId: id(name),
        role: index === 0 ? 'owner' : index === 1 ? 'admin' : 'member',
        unread: name === 'ada' ? place.unread : 0,
      })),
      messages: [...opening, ...(place.name === 'general' ? mentioning(talk, id('ada')) : talk)],
    });
  }
  for (const { people: pair, messages, unread } of directs) {
    const [one, other] = [id(pair[0]), id(pair[1])];
    const conversationId = newId();
    stage.set(placeKey(pair), { id: conversationId, people: pair });
    const ended = minutesAgo(placeKey(pair), 15 + random() * 600);
    await backfillConversation(db, {
      tenantId: TENANT,
      id: conversationId,
      kind: 'direct',
      visibility: 'private',
      history: 'all',
      name: '',
      topic: '',
      directKey: directKey(one, other),
      createdAt: new Date(Date.now() - DAYS * DAY_MS),
      members: [
        { userId: one, role: 'member', unread },
        { userId: other, role: 'member', unread: 0 },
      ],
      messages: endingWith(
        converse(random, [one, other], ['intimate', 'small'], messages, ended),
        unread,
        one,
        other,
      ),
    });
  }
  await play(services, TENANT, { people, places: stage }, props);
}

/** Numbers in [0, 1), the same on every machine, so that the demo looks the same to everybody (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Exchanges of these people over the last weeks, by day and awake hours, ending `minutesAgo`.
 * @param count how many messages, about.
 */
function converse(
  random: () => number,
  people: readonly string[],
  moods: readonly Mood[],
  count: number,
  minutesAgo: number,
): PastMessage[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const lines: { authorId: string; text: string; first: boolean; last: boolean }[] = [];
  while (lines.length < count) {
    const exchange = pick(exchanges[pick(moods)]);
    let speaker = pick(people);
    const fill = new Map<string, string>();
    exchange.forEach((line, index) => {
      if (index > 0) speaker = pick(people.filter((person) => person !== speaker));
      const text = line.replace(/\{(\w+)\}/g, (_all, list: string) => {
        const chosen = fill.get(list) ?? pick(words[list] ?? [list]);
        fill.set(list, chosen);
        return chosen;
      });
      lines.push({
        authorId: speaker,
        text: capitalized(text),
        first: index === 0,
        last: index === exchange.length - 1,
      });
    });
  }
  // Backwards from now: some seconds within an exchange, hours between two, nobody awake at night.
  const pause = ((DAYS * DAY_MS) / lines.filter((line) => line.first).length) * 0.9;
  let at = Date.now() - minutesAgo * 60_000;
  const messages: PastMessage[] = [];
  for (const line of [...lines].reverse()) {
    messages.push({ id: newId(), authorId: line.authorId, at: new Date(at), body: { text: line.text } });
    at -= line.first ? pause * (0.2 + 1.6 * random()) : 20_000 + 160_000 * random();
    const hour = new Date(at).getHours();
    if (hour < 7) at -= (hour + 1 + random()) * 3_600_000;
  }
  messages.reverse();
  return messages.map((message, index) => decorate(random, message, messages[index - 1], people));
}

/** Now and then a reply with a quote, or reactions. */
function decorate(
  random: () => number,
  message: PastMessage,
  before: PastMessage | undefined,
  people: readonly string[],
): PastMessage {
  const replyTo = before && before.authorId !== message.authorId && random() < 0.08 ? before.id : undefined;
  const reactions = random() < 0.12 ? react(random, people, message.authorId) : [];
  return { ...message, ...(replyTo && { replyTo }), ...(reactions.length > 0 && { reactions }) };
}

function react(random: () => number, people: readonly string[], authorId: string): Reaction[] {
  const others = people.filter((person) => person !== authorId);
  const kinds = random() < 0.25 ? 2 : 1;
  const first = Math.floor(random() * EMOJI.length);
  return Array.from({ length: kinds }, (_, kind) => {
    const userIds = others.filter(() => random() < 0.35);
    return { emoji: EMOJI[(first + kind * 3) % EMOJI.length] ?? '👍', count: userIds.length, userIds };
  }).filter((reaction) => reaction.count > 0);
}

/** The sixth message from the end asks this person. */
function mentioning(messages: PastMessage[], userId: string): PastMessage[] {
  const index = messages.findLastIndex(
    (message, i) => i < messages.length - 5 && message.authorId !== userId,
  );
  return messages.map((message, i) =>
    i === index
      ? {
          ...message,
          body: { text: `${mentionOf(userId)}, could you have a look at this before noon?` },
          mentions: [userId],
        }
      : message,
  );
}

/** Nobody leaves their own messages unread: the last ones are by somebody else. */
const endingWith = (messages: PastMessage[], unread: number, reader: string, other: string): PastMessage[] =>
  messages.map((message, index) =>
    index >= messages.length - unread && message.authorId === reader
      ? { ...message, authorId: other }
      : message,
  );

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
