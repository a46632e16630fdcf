/** Performs the story of the demo by the commands that people use, then dates it as if it had been said in its time. */
import { type FolderChange, forever, type Input, type MessageFile, mentionOf, newId } from '@kith/protocol';
import { dispatch } from '../commands/dispatch.ts';
import type { Caller, Services } from '../services.ts';
import type { Name } from './cast.ts';
import { handOver } from './handOver.ts';
import { groupPictures, paperBoats, persimmon, portraits } from './pictures.ts';
import type { Props } from './props.ts';
import { type Line, profiles, type Story, stories } from './story.ts';

/** The demo's world as written so far: who is who, and where they meet, by `placeKey`. */
export interface Stage {
  readonly people: ReadonlyMap<Name, string>;
  readonly places: ReadonlyMap<string, Place>;
}

export interface Place {
  readonly id: string;
  readonly people: readonly Name[];
}

export const placeKey = (where: Story['where']): string =>
  typeof where === 'string' ? where : [...where].sort().join(' ');

/** Whoever looks around is Ada. */
const OWNER: Name = 'ada';

/** `props` may still be in the making: they are wanted last. */
export async function play(
  services: Services,
  tenantId: number,
  stage: Stage,
  props: Promise<Props>,
): Promise<void> {
  const as = (name: Name): Caller => {
    const userId = stage.people.get(name);
    if (userId === undefined) throw new Error(`${name} is not in the cast`);
    return { tenantId, userId, sessionId: 'demo', socket: null };
  };
  const placeOf = (where: Story['where']): Place => {
    const place = stage.places.get(placeKey(where));
    if (!place) throw new Error(`nobody meets at ${placeKey(where)}`);
    return place;
  };
  await showFaces(services, as, stage);
  const handed = await handOut(services, as, await props);
  for (const story of stories) await perform(services, as, placeOf(story.where), story, handed);
  await arrange(services, as(OWNER), placeOf);
}

type As = (name: Name) => Caller;

async function showFaces(services: Services, as: As, { people, places }: Stage): Promise<void> {
  const { blobs } = services;
  const pictures = portraits();
  for (const name of people.keys()) {
    const picture = pictures.get(name);
    const avatar = picture && (await blobs.upload(as(name), 'avatar', picture)).id;
    if (avatar ?? profiles[name]) {
      await dispatch(services, as(name), 'updateProfile', { ...profiles[name], ...(avatar && { avatar }) });
    }
  }
  const owner = as(OWNER);
  for (const [name, picture] of groupPictures()) {
    const conversationId = places.get(name)?.id;
    if (conversationId === undefined) continue;
    const avatar = (await blobs.upload(owner, 'avatar', picture)).id;
    await dispatch(services, owner, 'updateConversation', { conversationId, avatar });
  }
  const emoji = await blobs.upload(owner, 'emoji', persimmon());
  await dispatch(services, owner, 'addEmoji', { name: 'persimmon', blobId: emoji.id });
  const packId = newId();
  await dispatch(services, owner, 'createStickerPack', { packId, name: 'Paper boats' });
  for (const { picture, ...sticker } of paperBoats()) {
    const blob = await blobs.upload(owner, 'sticker', picture);
    await dispatch(services, owner, 'addSticker', {
      packId,
      stickerId: newId(),
      blobId: blob.id,
      ...sticker,
    });
  }
}

/** Files of each line; a line without, or whose files are not taken here, is not in it. */
type Handed = ReadonlyMap<Line, readonly MessageFile[]>;

/** Side by side: while one is looked at, the next is on its way. */
async function handOut({ files }: Services, as: As, props: Props): Promise<Handed> {
  const lines = stories.flatMap((story) => story.lines);
  const handed = await Promise.all(
    lines.map(async (line) => {
      const things = (line.files ?? []).flatMap((name) => props.get(name) ?? []);
      const got = await Promise.all(things.map((prop) => handOver(files, as(line.by), prop)));
      return [line, got.filter((file) => file !== null)] as const;
    }),
  );
  return new Map(handed.filter(([, got]) => got.length > 0));
}

async function perform(
  services: Services,
  as: As,
  place: Place,
  { lines, unread }: Story,
  handed: Handed,
): Promise<void> {
  const conversationId = place.id;
  const keys = new Map<string, string>();
  const said = new Map<string, Date>();
  let last = { seq: 0, unreadFrom: 0 };
  for (const [index, line] of lines.entries()) {
    const files = handed.get(line);
    // Nothing but files, and they are not taken here.
    if (line.files && !line.text && !files) continue;
    const messageId = newId();
    if (line.key !== undefined) keys.set(line.key, messageId);
    const message = toInput(line, files, { conversationId, messageId }, as, keys);
    const { seq } = await dispatch(services, as(line.by), 'sendMessage', message);
    said.set(messageId, new Date(Date.now() - line.ago * 60_000));
    last = { seq, unreadFrom: index < lines.length - unread ? seq : last.unreadFrom };
    const target = { conversationId, messageId };
    for (const [emoji, names] of Object.entries(line.reactions ?? {})) {
      for (const name of names) await dispatch(services, as(name), 'addReaction', { ...target, emoji });
    }
    for (const [name, options] of Object.entries(line.votes ?? {})) {
      await dispatch(services, as(name as Name), 'votePoll', { ...target, options: [...options] });
    }
    if (line.pinnedBy) await dispatch(services, as(line.pinnedBy), 'pinMessage', target);
  }
  for (const name of place.people) {
    const seq = name === OWNER ? last.unreadFrom : Number.MAX_SAFE_INTEGER;
    await dispatch(services, as(name), 'markRead', { conversationId, seq });
  }
  await date(services, as(OWNER), conversationId, said);
}

function toInput(
  line: Line,
  files: readonly MessageFile[] | undefined,
  target: { readonly conversationId: string; readonly messageId: string },
  as: As,
  keys: ReadonlyMap<string, string>,
): Input<'sendMessage'> {
  const text = (line.text ?? '').replace(/@(\w+)/g, (_all, name: string) =>
    mentionOf(as(name as Name).userId),
  );
  const replyTo = line.replyTo && keys.get(line.replyTo);
  const thread = line.thread && keys.get(line.thread);
  const attachment = files ? { type: 'files' as const, files: [...files] } : line.attachment;
  return {
    ...target,
    // Nobody asks the world outside for a demo's links.
    content: {
      type: 'plain',
      text,
      noPreview: true,
      ...(attachment && { attachment }),
    },
    ...(replyTo && { replyTo }),
    ...(thread && { thread }),
  };
}

/** What happened by itself (a pin was told of) bears the time of what was said before it. */
async function date(
  { database: { db } }: Services,
  { tenantId }: Caller,
  conversationId: string,
  said: ReadonlyMap<string, Date>,
): Promise<void> {
  const messages = db
    .selectFrom('messages')
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId);
  const first = await messages
    .select(({ fn }) => fn.min<number>('seq').as('seq'))
    .where('id', 'in', [...said.keys()])
    .executeTakeFirstOrThrow();
  const rows = await messages
    .select(['id', 'seq', 'reply_last_seq'])
    .where('seq', '>=', Number(first.seq))
    .orderBy('seq')
    .execute();
  const times = new Map<number, Date>();
  let at = new Date();
  for (const row of rows) {
    at = said.get(row.id) ?? at;
    times.set(Number(row.seq), at);
  }
  for (const row of rows) {
    const repliedAt = row.reply_last_seq === null ? undefined : times.get(Number(row.reply_last_seq));
    await db
      .updateTable('messages')
      .set({ created_at: times.get(Number(row.seq)) ?? at, ...(repliedAt && { reply_last_at: repliedAt }) })
      .where('tenant_id', '=', tenantId)
      .where('conversation_id', '=', conversationId)
      .where('seq', '=', row.seq)
      .execute();
  }
}

/** How Ada keeps her conversations. */
async function arrange(
  services: Services,
  owner: Caller,
  placeOf: (where: Story['where']) => Place,
): Promise<void> {
  const keep = (where: Story['where'], how: Omit<Input<'setPreference'>, 'conversationId'>) =>
    dispatch(services, owner, 'setPreference', { conversationId: placeOf(where).id, ...how });
  await keep('Launch week', { pinned: 1 });
  await keep('engineering', { pinned: 2 });
  await keep('random', { mutedUntil: forever });
  const folder = (name: string, emoji: string, place: number, more: Omit<FolderChange, 'removed'>) =>
    dispatch(services, owner, 'setFolder', { folderId: newId(), name, emoji, place, ...more });
  await folder('People', '🌻', 1, { kinds: ['direct'] });
  await folder('Launch', '🚀', 2, {
    included: (['Launch week', 'engineering', 'leads'] as const).map((name) => placeOf(name).id),
  });
  await dispatch(services, owner, 'saveDraft', {
    conversationId: placeOf(['ada', 'kavya']).id,
    text: 'About the walk with the reader: could we',
    at: new Date().toISOString(),
  });
}
