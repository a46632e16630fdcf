import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationChange, Event, Head, MemberRecord, ServerFrame } from '@kith/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { Changes } from '../store/changes.ts';
import { createAnnouncer } from './announcer.ts';
import { localBus, subjects } from './bus.ts';
import { createHub, type Hub, type HubOptions, type HubStore, type Registration } from './hub.ts';
import type { Subscriber } from './subscriber.ts';

const room = 'room';
const when = '2026-01-01T00:00:00.000Z';

const member = (userId: string, rev: number, more: Partial<MemberRecord> = {}): MemberRecord => ({
  type: 'member',
  conversationId: room,
  userId,
  rev,
  role: 'member',
  state: 'joined',
  visibleAfter: 0,
  joinedAt: when,
  ...more,
});
const message = (rev: number, seq = rev): ConversationChange => ({
  type: 'message',
  id: `m${seq}`,
  conversationId: room,
  seq,
  rev,
  authorId: 'ann',
  createdAt: when,
  body: { type: 'content', content: { type: 'plain', text: `text ${seq}` } },
});

/** A database that knows one room, and fakes of what the hub reads from it. */
function setup() {
  const bus = localBus();
  const announcer = createAnnouncer(bus);
  const members = new Map<string, MemberRecord>();
  const records: ConversationChange[] = [];
  const state = { rev: 0, away: false };
  const ready = async (): Promise<void> => {
    await Promise.resolve();
    if (state.away) throw new Error('no database');
  };
  const changesSince = vi.fn(async (_db, _tenantId, _id, since: number): Promise<Changes | null> => {
    await ready();
    if (state.rev - since > 100) return { type: 'reset', rev: state.rev };
    return {
      type: 'changes',
      records: records.filter((r) => r.rev > since),
      users: [],
      rev: state.rev,
      more: false,
    };
  });
  const headsFor = vi.fn(async (_db, _tenantId, userId: string) => {
    await ready();
    const membership = members.get(userId);
    const conversation = { id: room, memberCount: members.size };
    const heads =
      membership?.state === 'joined' ? [{ conversation, membership, rev: state.rev } as Head] : [];
    return { heads, users: [] };
  });
  const found = (userId: string) => {
    const one = members.get(userId);
    return one ? [{ member: one, conversationRev: state.rev, memberCount: members.size }] : [];
  };
  const store: HubStore = {
    changesSince: changesSince as HubStore['changesSince'],
    headsFor: headsFor as HubStore['headsFor'],
    membershipsIn: async (_db, _tenantId, userId) => {
      await ready();
      return found(userId);
    },
  };
  const onTell = vi.fn<NonNullable<HubOptions['onTell']>>();
  const hub = createHub({
    bus,
    onTell,
    database: { db: null as never },
    logger: silentLogger,
    reads: {
      joinedConversations: async (_tenantId, userId) => {
        await ready();
        return found(userId).filter((one) => one.member.state === 'joined');
      },
    },
    store,
    gapMs: 20,
    receiptsEveryMs: 10,
    retryMs: 10,
  });
  /** Commits, and announces unless told otherwise. */
  const commit = (changes: readonly ConversationChange[], announce = true): void => {
    const from = state.rev + 1;
    state.rev = changes.at(-1)?.rev ?? state.rev;
    for (const change of changes) {
      records.push(change);
      if (change.type === 'member') members.set(change.userId, change);
    }
    if (announce)
      announcer.changed({ tenantId: 1, conversationId: room, from, to: state.rev, records: changes });
  };
  return { bus, announcer, hub, state, members, commit, changesSince, headsFor, onTell };
}

interface Socket extends Subscriber {
  readonly frames: ServerFrame[];
  events<T extends Event['type']>(type: T): Extract<Event, { type: T }>[];
  readonly ended: () => boolean;
}

function socketOf(userId: string, sessionId = `s-${userId}`): Socket {
  const frames: ServerFrame[] = [];
  let ended = false;
  return {
    tenantId: 1,
    userId,
    sessionId,
    frames,
    send: (frame) => frames.push(JSON.parse(frame) as ServerFrame),
    sendPacket: ({ bytes }) => {
      const lines = bytes.toString('utf8', bytes[1] === 126 ? 4 : bytes[1] === 127 ? 10 : 2).split('\n');
      frames.push(...lines.map((line) => JSON.parse(line) as ServerFrame));
    },
    revoked: () => {
      ended = true;
    },
    events: (type) =>
      frames.flatMap((f) => (f.t === 'event' && f.event.type === type ? [f.event as never] : [])),
    ended: () => ended,
  };
}

let hub: Hub;
afterEach(() => hub.close());
const world = () => {
  const made = setup();
  hub = made.hub;
  return made;
};
const tick = () => sleep(5);
const revs = (socket: Socket): (number | string)[] =>
  socket.events('records').map(({ from, to }) => (from === to ? from : `${from}-${to}`));
const seqs = (socket: Socket) =>
  socket
    .events('records')
    .flatMap(({ records }) => records.flatMap((r) => (r.type === 'message' ? [r.seq] : [])));

describe('handing out', () => {
  test('S3: every socket of every member gets each event once', async () => {
    const { commit, members, hub } = world();
    for (const id of ['ann', 'bob']) members.set(id, member(id, 0));
    const sockets = [socketOf('ann'), socketOf('bob'), socketOf('bob', 'other'), socketOf('stranger')];
    for (const socket of sockets) await hub.register(socket);
    commit([message(1), message(2)]);
    commit([message(3)]);
    await tick();
    expect(sockets.map(revs)).toEqual([['1-2', 3], ['1-2', 3], ['1-2', 3], []]);
  });

  test('a change of the custom emoji reaches every socket of the tenant', async () => {
    const { announcer, hub } = world();
    const sockets = [socketOf('ann'), socketOf('bob'), { ...socketOf('cleo'), tenantId: 2 }];
    for (const socket of sockets) await hub.register(socket);
    announcer.emojiChanged(1, 7);
    await tick();
    const notice = { t: 'ephemeral', ephemeral: { type: 'emoji', rev: 7 } };
    expect(sockets.map(({ frames }) => frames)).toEqual([[notice], [notice], []]);
  });

  test('S15: another tenant’s room of the same id is another room', async () => {
    const { commit, members, hub } = world();
    members.set('ann', member('ann', 0));
    const stranger = { ...socketOf('ann'), tenantId: 2 };
    await hub.register(stranger);
    commit([message(1)]);
    await tick();
    expect(stranger.frames).toEqual([]);
  });

  test('S4: an event that jumps waits for the missing one', async () => {
    const { announcer, members, state, hub } = world();
    members.set('ann', member('ann', 0));
    const ann = socketOf('ann');
    await hub.register(ann);
    state.rev = 2;
    announcer.changed({ tenantId: 1, conversationId: room, from: 2, to: 2, records: [message(2)] });
    await tick();
    expect(revs(ann)).toEqual([]);
    announcer.changed({ tenantId: 1, conversationId: room, from: 1, to: 1, records: [message(1)] });
    await tick();
    expect(revs(ann)).toEqual([1, 2]);
  });

  test('S4, S11: a lost event is read from the database, also when that is away at first', async () => {
    const { commit, members, state, changesSince, hub } = world();
    members.set('ann', member('ann', 0));
    const ann = socketOf('ann');
    await hub.register(ann);
    commit([message(1)], false);
    commit([message(2)]);
    state.away = true;
    await sleep(50);
    expect(revs(ann)).toEqual([]);
    state.away = false;
    await vi.waitFor(() => expect(seqs(ann)).toEqual([1, 2]));
    const asked = changesSince.mock.calls.length;
    commit([message(3)]);
    await sleep(50);
    expect(seqs(ann)).toEqual([1, 2, 3]);
    expect(changesSince).toHaveBeenCalledTimes(asked);
  });

  test('S2, S4: a distance too long to tell is told as a jump', async () => {
    const { commit, members, state, hub } = world();
    members.set('ann', member('ann', 0));
    const ann = socketOf('ann');
    await hub.register(ann);
    state.rev = 500;
    commit([message(501)]);
    await vi.waitFor(() => expect(ann.events('records')).toHaveLength(1));
    expect(ann.events('records')[0]).toMatchObject({ from: 501, to: 501, records: [] });
    commit([message(502)]);
    await tick();
    expect(revs(ann)).toEqual([501, 502]);
  });

  test('S2, S13: who was shown out unheard does not hear of the jump, nor of what comes after it', async () => {
    const { commit, members, state, hub } = world();
    for (const id of ['ann', 'bob']) members.set(id, member(id, 0));
    const [ann, bob] = [socketOf('ann'), socketOf('bob')];
    for (const socket of [ann, bob]) await hub.register(socket);
    state.rev = 400;
    members.set('bob', member('bob', 400, { state: 'removed' }));
    state.rev = 500;
    commit([message(501)]);
    await vi.waitFor(() => expect(revs(ann)).toEqual([501]));
    commit([message(502)]);
    await tick();
    expect(revs(ann)).toEqual([501, 502]);
    expect(revs(bob)).toEqual([]);
    expect(bob.events('left')).toHaveLength(1);
  });

  test('S13: older messages are left out for those who may not see them, the revisions stay', async () => {
    const { commit, members, state, hub } = world();
    state.rev = 10;
    members.set('ann', member('ann', 0));
    members.set('bob', member('bob', 0, { visibleAfter: 5 }));
    members.set('cat', member('cat', 0, { visibleAfter: 7 }));
    const [ann, bob, cat] = [socketOf('ann'), socketOf('bob'), socketOf('cat')];
    for (const socket of [ann, bob, cat]) await hub.register(socket);
    commit([message(11, 3), message(12, 6), member('ann', 13)]);
    commit([message(14, 8)]);
    await tick();
    expect([ann, bob, cat].map(revs)).toEqual(Array(3).fill(['11-13', 14]));
    expect([ann, bob, cat].map(seqs)).toEqual([[3, 6, 8], [6, 8], [8]]);
    expect(cat.events('records')[0]?.records).toEqual([member('ann', 13)]);
  });

  test('a person’s own events reach all of their devices', async () => {
    const { announcer, hub } = world();
    const [one, two, other] = [socketOf('ann'), socketOf('ann', 'two'), socketOf('bob')];
    for (const socket of [one, two, other]) await hub.register(socket);
    announcer.toUser(1, 'ann', { type: 'user', rev: 1, records: [] });
    expect([one, two, other].map((s) => s.events('user').length)).toEqual([1, 1, 0]);
  });

  test('sockets of a revoked session are told, others are not', async () => {
    const { announcer, hub } = world();
    const [one, two] = [socketOf('ann', 'one'), socketOf('ann', 'two')];
    const registrations: Registration[] = [];
    for (const socket of [one, two]) registrations.push(await hub.register(socket));
    announcer.sessionsRevoked(1, 'ann', ['one', 'unknown']);
    expect([one.ended(), two.ended()]).toEqual([true, false]);
  });
});

describe('joining and leaving', () => {
  test('S13: who joins gets the head, then what comes after it, once', async () => {
    const { commit, headsFor, hub } = world();
    const ann = socketOf('ann');
    await hub.register(ann);
    const { promise, resolve } = Promise.withResolvers<void>();
    const real = headsFor.getMockImplementation();
    headsFor.mockImplementationOnce(async (db, tenantId, userId) => {
      const head = await real?.(db, tenantId, userId);
      await promise;
      return head ?? { heads: [], users: [] };
    });
    commit([member('ann', 1)]);
    await tick();
    commit([message(2)]);
    commit([message(3)]);
    await tick();
    expect(ann.frames).toEqual([]);
    resolve();
    await tick();
    expect(ann.events('joined')[0]?.head.rev).toBe(1);
    expect(revs(ann)).toEqual([2, 3]);
    commit([message(4)]);
    await tick();
    expect(revs(ann)).toEqual([2, 3, 4]);
    expect(ann.events('joined')).toHaveLength(1);
  });

  test('S13: whoever judges by memberships hears of this one before the person does', async () => {
    const { commit, hub, onTell } = world();
    const ann = socketOf('ann');
    await hub.register(ann);
    onTell.mockImplementation(() => expect(ann.frames).toEqual([]));
    const joining = member('ann', 1);
    commit([joining]);
    await tick();
    expect(onTell).toHaveBeenCalledExactlyOnceWith(1, joining);
    expect(ann.events('joined')).toHaveLength(1);
  });

  test('S13: the same where others are subscribed already', async () => {
    const { commit, members, headsFor, hub } = world();
    members.set('bob', member('bob', 0));
    const [ann, bob] = [socketOf('ann'), socketOf('bob')];
    for (const socket of [ann, bob]) await hub.register(socket);
    const real = headsFor.getMockImplementation();
    const { promise, resolve } = Promise.withResolvers<void>();
    headsFor.mockImplementationOnce(async (db, tenantId, userId) => {
      const head = await real?.(db, tenantId, userId);
      await promise;
      return head ?? { heads: [], users: [] };
    });
    commit([member('ann', 1)]);
    await tick();
    commit([message(2)]);
    await tick();
    resolve();
    await tick();
    commit([message(3)]);
    await tick();
    expect(revs(bob)).toEqual([1, 2, 3]);
    expect(revs(ann)).toEqual([2, 3]);
  });

  test('S13: leaving is the last one hears of it', async () => {
    const { commit, members, hub } = world();
    for (const id of ['ann', 'bob']) members.set(id, member(id, 0));
    const [ann, bob] = [socketOf('ann'), socketOf('bob')];
    for (const socket of [ann, bob]) await hub.register(socket);
    commit([message(1)]);
    commit([member('bob', 2, { state: 'removed' })]);
    commit([message(3)]);
    await tick();
    expect(revs(ann)).toEqual([1, 2, 3]);
    expect(revs(bob)).toEqual([1, 2]);
    expect(bob.frames.at(-1)).toMatchObject({
      t: 'event',
      event: { type: 'left', membership: { state: 'removed' } },
    });
    commit([member('bob', 4)]);
    await vi.waitFor(() => expect(bob.events('joined')).toHaveLength(1));
    commit([message(5)]);
    await tick();
    expect(revs(bob)).toEqual([1, 2, 5]);
  });

  test('S13: leaving is the last one hears of it, also when it was not announced and what followed was', async () => {
    const { commit, members, hub } = world();
    for (const id of ['ann', 'bob']) members.set(id, member(id, 0));
    const [ann, bob] = [socketOf('ann'), socketOf('bob')];
    for (const socket of [ann, bob]) await hub.register(socket);
    commit([member('bob', 1, { state: 'removed' }), message(2)], false);
    commit([message(3)]);
    await vi.waitFor(() => expect(seqs(ann)).toEqual([2, 3]));
    expect(bob.frames).toMatchObject([{ t: 'event', event: { type: 'left' } }]);
  });

  test('S3: an older membership record changes nothing', async () => {
    const { bus, members, commit, hub } = world();
    members.set('ann', member('ann', 5));
    const ann = socketOf('ann');
    await hub.register(ann);
    bus.publish(subjects.user(1, 'ann'), {
      type: 'membership',
      tenantId: 1,
      member: member('ann', 4, { state: 'left' }),
    });
    commit([message(1)]);
    await tick();
    expect(ann.events('left')).toEqual([]);
    expect(revs(ann)).toEqual([1]);
  });

  test('a join that the database cannot explain yet is explained later', async () => {
    const { commit, state, hub } = world();
    const ann = socketOf('ann');
    await hub.register(ann);
    state.away = true;
    commit([member('ann', 1)]);
    await sleep(30);
    commit([message(2)]);
    state.away = false;
    await vi.waitFor(() => expect(ann.events('joined')).toHaveLength(1));
    await tick();
    // The head is newer than the message: it is in it.
    expect(ann.events('joined')[0]?.head.rev).toBe(2);
    expect(revs(ann)).toEqual([]);
  });

  test('S13: who leaves while joining or while registering stays out', async () => {
    const { commit, members, hub } = world();
    members.set('ann', member('ann', 1));
    const ann = socketOf('ann');
    const registering = hub.register(ann);
    commit([member('ann', 2, { state: 'left' })]);
    await registering;
    commit([member('ann', 3)]);
    commit([member('ann', 4, { state: 'left' })]);
    await tick();
    commit([message(5)]);
    await tick();
    expect(revs(ann)).toEqual([]);
  });

  test('S13: an older leaving that comes late does not undo what a newer one said while registering', async () => {
    const { bus, hub, commit, state, members } = world();
    members.set('ann', member('ann', 7));
    state.rev = 7;
    const ann = socketOf('ann');
    const registering = hub.register(ann);
    for (const rev of [9, 5]) {
      const left = member('ann', rev, { state: 'left' });
      bus.publish(subjects.user(1, 'ann'), { type: 'membership', tenantId: 1, member: left });
    }
    await registering;
    expect([...hub.localConversations()]).toEqual([]);
    state.rev = 9;
    commit([message(10)]);
    await tick();
    expect(ann.events('records')).toEqual([]);
  });

  test('S13: who was told of a joining by its reply hears of the removal, even if that is announced first', async () => {
    const { hub, announcer, commit } = world();
    const ann = socketOf('ann');
    await hub.register(ann);
    const joined = member('ann', 1);
    const removed = member('ann', 2, { state: 'removed' });
    commit([joined, removed], false);
    announcer.changed({ tenantId: 1, conversationId: room, from: 2, to: 2, records: [removed] });
    expect(ann.events('left').map(({ membership }) => membership.rev)).toEqual([2]);
    announcer.changed({ tenantId: 1, conversationId: room, from: 1, to: 1, records: [joined] });
    await tick();
    expect(ann.events('joined')).toEqual([]);
    expect(ann.events('left').at(-1)?.membership.rev).toBe(2);
    expect([...hub.localConversations()]).toEqual([]);
  });

  test('a missed joining or leaving is found by a recheck', async () => {
    const { commit, hub } = world();
    const ann = socketOf('ann');
    await hub.register(ann);
    commit([member('ann', 1)], false);
    await hub.recheck(1, 'ann', [room]);
    await vi.waitFor(() => expect(ann.events('joined')).toHaveLength(1));
    commit([member('ann', 2, { state: 'removed' })], false);
    await hub.recheck(1, 'ann', 'all');
    expect(ann.events('left')).toHaveLength(1);
    await hub.recheck(1, 'nobody', 'all');
  });

  test('a second device finds what the first one missed', async () => {
    const { commit, hub } = world();
    const first = socketOf('ann');
    await hub.register(first);
    commit([member('ann', 1)], false);
    await hub.register(socketOf('ann', 'second'));
    await vi.waitFor(() => expect(first.events('joined')).toHaveLength(1));
  });

  test('when the last socket is gone, nothing is left behind', async () => {
    const { commit, members, hub } = world();
    members.set('ann', member('ann', 0));
    const one = await hub.register(socketOf('ann'));
    const two = await hub.register(socketOf('ann', 'two'));
    one.close();
    one.close();
    expect(hub.announcedRev(1, room)).toBe(0);
    two.close();
    expect(hub.announcedRev(1, room)).toBeNull();
    expect([...hub.localConversations(), ...hub.localPeople()]).toEqual([]);
    commit([message(1)]);
    const again = socketOf('ann');
    await hub.register(again);
    commit([message(2)]);
    await tick();
    expect(revs(again)).toEqual([2]);
  });

  test('a registration the database cannot answer fails and leaves nothing behind', async () => {
    const { state, hub } = world();
    state.away = true;
    await expect(hub.register(socketOf('ann'))).rejects.toThrow('no database');
    expect([...hub.localPeople()]).toEqual([]);
  });
});

describe('watching', () => {
  test('S9, S10: typing and receipts reach those who look, typing not its own person', async () => {
    const { announcer, members, hub } = world();
    for (const id of ['ann', 'bob', 'cat']) members.set(id, member(id, 0));
    const [ann, bob, cat] = [socketOf('ann'), socketOf('bob'), socketOf('cat')];
    const [a, b] = [await hub.register(ann), await hub.register(bob), await hub.register(cat)];
    for (const registration of [a, b]) registration?.watch({ conversationIds: [room], userIds: [] });
    const typing = { type: 'typing', conversationId: room, userId: 'ann', active: true } as const;
    announcer.ephemeral(subjects.conversation(1, room), typing);
    announcer.receipts(1, room, [{ userId: 'cat', deliveredSeq: 1, readSeq: 0 }]);
    announcer.receipts(1, room, [{ userId: 'cat', deliveredSeq: 1, readSeq: 1 }]);
    await sleep(30);
    const marks = [{ userId: 'cat', deliveredSeq: 1, readSeq: 1 }];
    expect(bob.frames).toEqual([
      { t: 'ephemeral', ephemeral: typing },
      { t: 'event', event: { type: 'receipts', conversationId: room, marks } },
    ]);
    expect(ann.events('receipts')).toHaveLength(1);
    expect(ann.frames).toHaveLength(1);
    expect(cat.frames).toEqual([]);
    b?.watch({ conversationIds: [], userIds: [] });
    announcer.ephemeral(subjects.conversation(1, room), typing);
    expect(bob.frames).toHaveLength(2);
  });

  test('S13: whoever was shown out looks on no longer, until they are in again', async () => {
    const { announcer, commit, members, hub } = world();
    for (const id of ['ann', 'bob']) members.set(id, member(id, 0));
    const bob = socketOf('bob');
    (await hub.register(bob)).watch({ conversationIds: [room], userIds: [] });
    const typing = { type: 'typing', conversationId: room, userId: 'ann', active: true } as const;
    commit([member('bob', 1, { state: 'removed' })]);
    announcer.ephemeral(subjects.conversation(1, room), typing);
    announcer.receipts(1, room, [{ userId: 'ann', deliveredSeq: 1, readSeq: 1 }]);
    await sleep(30);
    expect(bob.frames.filter((frame) => frame.t === 'ephemeral')).toEqual([]);
    expect(bob.events('receipts')).toEqual([]);
    commit([member('bob', 2, { joinedAt: '2026-01-02T00:00:00.000Z' })]);
    announcer.ephemeral(subjects.conversation(1, room), typing);
    expect(bob.frames.filter((frame) => frame.t === 'ephemeral')).toHaveLength(1);
  });

  test('S10: presence and profile of the people on screen', async () => {
    const { announcer, hub } = world();
    const ann = socketOf('ann');
    const registration = await hub.register(ann);
    const presence = (userId: string) => hub.showPresence(1, { userId, state: 'online' });
    registration.watch({ conversationIds: [], userIds: ['bob', 'cat'] });
    registration.watch({ conversationIds: [], userIds: ['bob'] });
    presence('bob');
    presence('cat');
    hub.showPresence(2, { userId: 'bob', state: 'away' });
    const user = { id: 'bob', username: 'bob', displayName: 'Bob', role: 'member' } as const;
    announcer.ephemeral(subjects.people(1), { type: 'profile', user });
    announcer.ephemeral(subjects.people(1), { type: 'profile', user: { ...user, id: 'cat' } });
    announcer.ephemeral(subjects.people(2), { type: 'profile', user });
    expect(ann.frames).toEqual([
      { t: 'ephemeral', ephemeral: { type: 'presence', presence: { userId: 'bob', state: 'online' } } },
      { t: 'ephemeral', ephemeral: { type: 'profile', user } },
    ]);
    registration.close();
    presence('bob');
    announcer.ephemeral(subjects.people(1), { type: 'profile', user });
    expect(ann.frames).toHaveLength(2);
  });
});
