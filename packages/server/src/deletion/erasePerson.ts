/**
 * The end of a person, at its time: one transaction makes them nobody (their account, their name, their picture); what they had
 * and wrote follows, conversation by conversation, in steps that any node goes on with. Each may be done twice without harm.
 */
import { dropAccount } from '../accounts/deletion/dropAccount.ts';
import { letOut } from '../commands/access.ts';
import { eraseOfAuthor } from '../commands/erase.ts';
import { tellRequest } from '../commands/requests.ts';
import { subjects } from '../fanout/bus.ts';
import type { HeldConversation } from '../log/change.ts';
import type { Services } from '../services.ts';
import {
  deletionOf,
  dropOwn,
  dropReactions,
  dropTraces,
  entomb,
  heirOf,
  type MessagesAfter,
  noteDone,
  type Place,
  placesAfter,
  reactedTo,
  writtenBetween,
} from '../store/deletion.ts';
import { type DueRow, dropClaimed, LEASE_MS, releaseClaim } from '../store/due.ts';
import { summarizeReactions } from '../store/messages.ts';
import { noteBlock } from '../store/privacy.ts';
import { directPeople } from '../store/records.ts';
import { buryRequest } from '../store/requests.ts';
import { ownPerson, type Somebody } from '../store/users.ts';

export type Rooms = Pick<Services, 'database' | 'announcer' | 'conversationLog'>;

/** Of one conversation in one transaction, so that people who write there do not wait. */
const AT_ONCE = 50;
/** Places of a conversation that one statement looks through. */
const STRETCH = 20_000;
const PLACES_AT_ONCE = 100;
/** Then it lets go, well before the claim ends, and is claimed again behind what else is due. */
const TURN_MS = LEASE_MS / 2;

/** Does what can be done in one turn. `now`: of the wall. */
export async function erasePerson(rooms: Rooms, row: DueRow, now: () => number = Date.now): Promise<void> {
  const { db } = rooms.database;
  const person = { tenantId: row.tenantId, userId: row.userId };
  const found = await deletionOf(db, person);
  if (!found || (found.at === null && found.deletedAt === null)) return dropClaimed(db, row);
  if (found.deletedAt === null && !(await bury(rooms, person, now()))) return;
  const until = performance.now() + TURN_MS;
  const isLate = (): boolean => performance.now() > until;
  await dropOwn(db, person);
  const messages = found.messages ?? 'keep';
  let { place } = found;
  for (;;) {
    const places = await placesAfter(db, person, place, PLACES_AT_ONCE);
    for (const next of places) {
      if (!(await partFrom(rooms, person, next, messages, isLate))) return releaseClaim(db, row);
      place = next.conversationId;
      await noteDone(db, person, place);
      if (isLate()) return releaseClaim(db, row);
    }
    if (places.length < PLACES_AT_ONCE) break;
  }
  await noteDone(db, person, null);
  await dropClaimed(db, row);
}

/** From here on they are nobody. False: it was called off, or put off. */
export async function bury({ database, announcer }: Rooms, person: Somebody, now: number): Promise<boolean> {
  const { tenantId, userId } = person;
  const at = new Date(now);
  const ended = await database.db
    .transaction()
    .execute((trx) => dropAccount(trx, person, at, () => entomb(trx, person, at)));
  if (ended === null) return false;
  announcer.sessionsRevoked(tenantId, userId, ended);
  announcer.privacyChanged(tenantId, [userId]);
  const own = await ownPerson(database.db, tenantId, userId);
  // Before the notice: whoever has heard of it is told no older name.
  announcer.renamed();
  if (own) announcer.ephemeral(subjects.people(tenantId), { type: 'profile', user: own.user });
  return true;
}

/** False: the turn is over before everything there was done. */
async function partFrom(
  rooms: Rooms,
  person: Somebody,
  place: Place,
  messages: MessagesAfter,
  isLate: () => boolean,
): Promise<boolean> {
  const { conversationLog } = rooms;
  const { conversationId, directKey } = place;
  const inPlace = { ...person, conversationId };
  const isAlone = directPeople(directKey)?.length === 1;
  // Notes to oneself are seen by nobody any more.
  if (messages === 'delete' || isAlone) {
    if (!(await eraseWritten(rooms, person, place, isLate))) return false;
    if (!(await takeBackReactions(rooms, inPlace, isLate))) return false;
  }
  const { tenantId } = person;
  const buried = await conversationLog.change(tenantId, conversationId, async (held) => {
    const request = directKey === null ? null : await buryRequest(held.trx, held.row, person.userId);
    if (directKey === null) await depart(held, person.userId, inPlace);
    // As if they blocked the other: nothing new is said there.
    else if (await noteBlock(held.trx, tenantId, directKey, person.userId, true))
      await held.setConversation({});
    await dropTraces(held.trx, inPlace);
    return request;
  });
  if (buried) tellRequest(rooms, tenantId, buried.to, buried.record);
  return true;
}

/** Where they left earlier, their membership is told once more, and with it who they are now, to devices that were away. */
async function depart(
  held: HeldConversation,
  userId: string,
  inPlace: Parameters<typeof heirOf>[1],
): Promise<void> {
  const own = await held.member(userId);
  if (own?.state !== 'joined') {
    await held.putMember(userId, { role: 'member' });
    return;
  }
  const heir = own.role === 'owner' ? await heirOf(held.trx, inPlace) : null;
  // In order of their ids, as receipts lock memberships too: otherwise the two could wait for each other in a circle.
  if (heir !== null && heir < userId) await held.putMember(heir, { role: 'owner' });
  await letOut(held, userId, 'left');
  if (heir !== null && heir > userId) await held.putMember(heir, { role: 'owner' });
  if (heir !== null) await held.appendSystem(userId, { type: 'ownership_transferred', userId: heir });
  await held.appendSystem(userId, { type: 'left' });
}

async function eraseWritten(
  { database, conversationLog }: Rooms,
  person: Somebody,
  { conversationId, lastSeq }: Place,
  isLate: () => boolean,
): Promise<boolean> {
  for (let after = 0; after < lastSeq; after += STRETCH) {
    for (;;) {
      if (isLate()) return false;
      const stretch = { after, upTo: after + STRETCH, limit: AT_ONCE };
      const ids = await writtenBetween(database.db, { ...person, conversationId }, stretch);
      if (ids.length > 0)
        await conversationLog.change(person.tenantId, conversationId, async (held) => {
          const found = await held.messages(ids);
          await eraseOfAuthor(
            held,
            found.filter(({ kind }) => kind === 'content'),
          );
        });
      if (ids.length < AT_ONCE) break;
    }
  }
  return true;
}

async function takeBackReactions(
  { database, conversationLog }: Rooms,
  inPlace: Parameters<typeof heirOf>[1],
  isLate: () => boolean,
): Promise<boolean> {
  const { tenantId, conversationId } = inPlace;
  for (;;) {
    if (isLate()) return false;
    const ids = await reactedTo(database.db, inPlace, AT_ONCE);
    if (ids.length > 0)
      await conversationLog.change(tenantId, conversationId, async (held) => {
        await dropReactions(held.trx, inPlace, ids);
        for (const message of await held.messages(ids)) {
          if (message.kind !== 'content') continue;
          const left = await summarizeReactions(held.trx, {
            tenantId,
            conversationId,
            messageId: message.id,
          });
          await held.setMessage(message, { reactions: left.length > 0 ? JSON.stringify(left) : null });
        }
      });
    if (ids.length < AT_ONCE) return true;
  }
}
