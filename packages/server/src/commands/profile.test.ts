import { limits } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { pngOf } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('profiles on %s', (kind) => {
  let world: World;
  let ada: Caller;
  let ben: Caller;
  let shown: unknown[] = [];
  let paint = 0;
  let people = 0;
  beforeAll(async () => {
    world = await createWorld(kind);
    world.bus.subscribe(subjects.people(1), (message) => {
      if (message.type === 'ephemeral' && message.ephemeral.type === 'profile')
        shown.push(message.ephemeral.user);
    });
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    people += 1;
    [ada, ben] = [await world.person(`Ada-${people}`), await world.person(`Ben-${people}`)];
    shown = [];
  });

  const image = async (who: Caller): Promise<string> => {
    paint += 1;
    return (await world.services.blobs.upload(who, 'avatar', pngOf(32, 32, paint))).id;
  };
  const adaForBen = async () => (await world.call(ben, 'getUsers', { userIds: [ada.userId] })).users[0];
  const used = (id: string) =>
    world.database.db.selectFrom('blobs').select('used').where('id', '=', id).executeTakeFirst();

  it('shows name, words, status and picture to everybody, tells own devices, and repeats nothing (S5, S7)', async () => {
    const avatar = await image(ada);
    const change = {
      displayName: 'Ada L.',
      bio: 'First line\nSecond',
      status: { emoji: '🌴', text: 'Away', until: '2100-01-01T00:00:00.000Z' },
      avatar,
    };
    const { user } = await world.call(ada, 'updateProfile', change);
    expect(user).toMatchObject({ ...change, avatar: { blobId: avatar } });
    expect(await adaForBen()).toEqual(user);
    expect(shown).toEqual([user]);
    const mine = await world.call(ada, 'getMyChanges', { since: 0 });
    expect(mine.records.find((record) => record.type === 'profile')).toMatchObject({ user });

    await world.call(ada, 'updateProfile', change);
    expect(shown).toHaveLength(1);
    expect((await world.call(ada, 'getMyChanges', { since: 0 })).head).toBe(mine.head);
    const { user: bare } = await world.call(ada, 'updateProfile', { avatar: null, status: null, bio: '' });
    expect(Object.keys(bare).sort()).toEqual(['displayName', 'id', 'role', 'username']);
    expect(await used(avatar)).toEqual({ used: false });
  });

  it('takes pictures only of one’s own, made for this; the one before is let go', async () => {
    const mine = await image(ada);
    await expect(world.call(ben, 'updateProfile', { avatar: mine })).rejects.toMatchObject({
      code: 'not_found',
    });
    const emoji = await world.services.blobs.upload(ada, 'emoji', pngOf(32, 32, 99));
    await expect(world.call(ada, 'updateProfile', { avatar: emoji.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await world.call(ada, 'updateProfile', { avatar: mine });
    const next = await image(ada);
    await world.call(ada, 'updateProfile', { avatar: next });
    expect([await used(mine), await used(next)]).toEqual([{ used: false }, { used: true }]);
  });

  it('does not tell a status that has ended', async () => {
    await world.call(ada, 'updateProfile', {
      status: { text: 'Lunch', until: new Date(Date.now() + 2_000).toISOString() },
    });
    expect(await adaForBen()).toMatchObject({ status: { text: 'Lunch' } });
    await expect.poll(adaForBen).not.toHaveProperty('status');
  });

  it('gives a username to one person, and no new one at once', async () => {
    const name = `ada-${Date.now().toString(36)}`;
    const { user } = await world.call(ada, 'updateProfile', { username: name });
    expect(user.username).toBe(name);
    await expect(world.call(ben, 'updateProfile', { username: name, bio: 'lost' })).rejects.toMatchObject({
      code: 'conflict',
      fields: [{ path: 'username' }],
    });
    // The rest of what was refused is not half done.
    const [still] = (await world.call(ada, 'getUsers', { userIds: [ben.userId] })).users;
    expect(still).not.toHaveProperty('bio');
    await expect(world.call(ada, 'updateProfile', { username: `${name}2` })).rejects.toMatchObject({
      code: 'limit_reached',
    });
    await world.database.db
      .updateTable('users')
      .set({ username_changed_at: new Date(Date.now() - limits.usernameMs) })
      .where('id', '=', ada.userId)
      .execute();
    await world.call(ada, 'updateProfile', { username: `${name}2` });
    await world.call(ben, 'updateProfile', { username: name });
  });

  it('gives groups a picture: admins choose it, everybody is told', async () => {
    const group = await world.group([ada, ben]);
    await expect(
      world.call(ben, 'updateConversation', { conversationId: group, avatar: await image(ben) }),
    ).rejects.toMatchObject({ code: 'forbidden' });
    const avatar = await image(ada);
    const { conversation } = await world.call(ada, 'updateConversation', { conversationId: group, avatar });
    expect(conversation.avatar).toEqual({ blobId: avatar });
    const { heads } = await world.call(ben, 'getHeads', { conversationIds: [group] });
    expect(heads[0]).toMatchObject({
      conversation: { avatar: { blobId: avatar } },
      preview: { body: { event: { type: 'avatar_changed' } } },
    });
    await world.call(ada, 'updateConversation', { conversationId: group, avatar: null });
    expect(await used(avatar)).toEqual({ used: false });
  });
});
