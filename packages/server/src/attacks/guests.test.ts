/** Guests who would be more than guests, see more, or stay longer. */
import { type CommandName, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type AttackWorld, openAttackWorld } from '../testing/attackWorld.ts';
import type { HttpPerson } from '../testing/filesWorld.ts';
import { openSocket } from '../testing/socketClient.ts';

let world: AttackWorld;
/** Lets guests in, into a conversation of their own. */
let host: HttpPerson;
let shared: string;
beforeAll(async () => {
  world = await openAttackWorld();
  host = world.outsider.person;
  shared = world.outsider.house.conversationId;
}, 120_000);
afterAll(() => world?.close());

const REFUSED = ['forbidden', 'not_found'] as const;
const socketUrl = (): string => `${world.world.base.replace('http', 'ws')}/v1/socket`;
const tokenOf = ({ bearer }: HttpPerson): string => bearer['authorization']?.slice('Bearer '.length) ?? '';

async function link(maxUses: number | null = null): Promise<string> {
  const { outcome, text } = await world.ask(host, 'createInvite', {
    inviteId: newId(),
    role: 'guest',
    conversationIds: [shared],
    maxUses,
  });
  expect(outcome, text).toBe('ok');
  return (JSON.parse(text) as { invite: { token: string } }).invite.token;
}

const knock = (invite: string, name = 'Gus'): Promise<Response> =>
  world.world.fetch('/v1/auth/guest', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite, name }),
  });

async function come(invite?: string): Promise<HttpPerson> {
  const response = await knock(invite ?? (await link()));
  const { user } = (await response.json()) as { user: { id: string } };
  const token = response.headers.get('set-auth-token') ?? expect.fail('no session');
  return { id: user.id, bearer: { authorization: `Bearer ${token}` }, cookie: {} };
}

describe('guests', () => {
  attack(
    'reach nobody and nothing beside what they were let into',
    'reading, writing to, joining and naming what is a stranger’s, with its true ids, by HTTP and by socket',
    async (saw) => {
      const gus = await come();
      const { conversationId, messageId, userId } = world.victim;
      const tries: readonly (readonly [CommandName, object])[] = [
        ['getHistory', { conversationId }],
        ['getMessages', { conversationId, messageIds: [messageId] }],
        ['listMembers', { conversationId }],
        ['changes', { conversationId, since: 0 }],
        ['joinChannel', { conversationId }],
        ['listPins', { conversationId }],
        ['sendMessage', { conversationId, messageId: newId(), content: { type: 'plain', text: 'hello' } }],
        ['addReaction', { conversationId, messageId, emoji: '👍' }],
        ['openDirect', { conversationId: newId(), userId }],
        ['listCommon', { userId }],
        ['setBlocked', { userId, blocked: true }],
        ['report', { reportId: newId(), about: { type: 'person', userId }, reason: 'spam' }],
        [
          'sendMessage',
          { conversationId: shared, messageId: newId(), content: { type: 'plain', text: `<@${userId}>` } },
        ],
      ];
      for (const [name, input] of tries) saw(name, (await world.ask(gus, name, input)).outcome, REFUSED);
      for (const [name, input] of [
        ['getUsers', { userIds: [userId] }],
        ['searchUsers', { query: 'ann' }],
      ] as const) {
        const { outcome, text } = await world.ask(gus, name, input);
        saw(name, outcome, ['ok']);
        expect(text, name).not.toContain(userId);
      }
    },
  );

  attack(
    'become nothing else, and stay no longer',
    'roles and ends of their own in every form that takes them; a password, an address and a passkey of their own; deleting what ends them',
    async (saw) => {
      const gus = await come();
      const later = new Date(Date.now() + 300 * 86_400_000).toISOString();
      const tries: readonly (readonly [CommandName, object, readonly string[]])[] = [
        ['updateProfile', { role: 'admin' }, ['bad_input']],
        ['updateProfile', { guestUntil: later }, ['bad_input']],
        ['updateGuest', { userId: gus.id, until: later }, REFUSED],
        ['setTenantRole', { userId: gus.id, role: 'admin' }, REFUSED],
        ['transferTenant', { userId: gus.id }, REFUSED],
        ['setMemberRole', { conversationId: shared, userId: gus.id, role: 'admin' }, REFUSED],
        [
          'createConversation',
          { kind: 'group', conversationId: newId(), name: 'Mine', userIds: [] },
          REFUSED,
        ],
        ['addMembers', { conversationId: shared, userIds: [world.victim.userId] }, REFUSED],
        ['createInvite', { inviteId: newId() }, REFUSED],
        ['changePassword', { password: 'seven quiet otters swim' }, REFUSED],
        ['changeEmail', { email: 'gus@example.org' }, REFUSED],
        ['beginPasskey', {}, REFUSED],
        ['deleteAccount', { messages: 'keep' }, REFUSED],
        ['listTenantPeople', {}, REFUSED],
        ['listReports', {}, REFUSED],
      ];
      for (const [name, input, harmless] of tries)
        saw(`${name} ${JSON.stringify(input)}`, (await world.ask(gus, name, input)).outcome, harmless);
      const me = await world.ask(gus, 'getMe', {});
      expect(JSON.parse(me.text)).toMatchObject({ user: { role: 'guest' } });
    },
  );

  attack(
    'are out within a second of their end, and do not come back',
    'an open socket, the token after it by bearer and by socket, and the link of one use again, many at once',
    async (saw) => {
      const invite = await link(1);
      const gus = await come(invite);
      const socket = await openSocket(socketUrl());
      await socket.hello(tokenOf(gus));
      expect((await world.ask(host, 'endGuest', { userId: gus.id })).outcome).toBe('ok');
      const { code } = await socket.closed;
      saw('the open socket', code === 4401 || code === 4403 ? 'closed' : String(code), ['closed']);
      saw('the token', (await world.ask(gus, 'getMe', {})).outcome, ['unauthenticated', 'session_revoked']);
      const again = await openSocket(socketUrl());
      again.send({ t: 'hello', token: tokenOf(gus) });
      saw('a socket with it', (await again.closed).code >= 4400 ? 'refused' : 'open', ['refused']);
      // Nor are they brought back by others, in name alone.
      for (const [name, input] of [
        ['addMembers', { conversationId: shared, userIds: [gus.id] }],
        ['openDirect', { conversationId: newId(), userId: gus.id }],
      ] as const)
        saw(name, (await world.ask(host, name, input)).outcome, ['forbidden']);
      const back = await Promise.all(Array.from({ length: 6 }, () => knock(invite)));
      for (const response of back) saw('the link', await outcomeOf(response), ['not_found', 'rate_limited']);
    },
  );

  attack(
    'hear nothing of people they share nothing with',
    'watching a stranger by their true id while these come, go and change what they are called',
    async (saw) => {
      const gus = await come();
      const { userId } = world.victim;
      const socket = await openSocket(socketUrl());
      await socket.hello(tokenOf(gus));
      await socket.request('watch', { conversationIds: [shared], userIds: [userId, host.id] });
      const stranger = world.former.person;
      await socket.request('watch', { conversationIds: [shared], userIds: [stranger.id, host.id] });
      const theirs = await openSocket(socketUrl());
      await theirs.hello(tokenOf(stranger));
      await theirs.request('updateProfile', { displayName: 'Fay the newt' });
      theirs.ws.terminate();
      await theirs.closed;
      // What came after it has come: so would it have.
      await world.ask(host, 'updateProfile', { displayName: 'Eve the gecko' });
      await expect.poll(() => JSON.stringify(socket.frames), { timeout: 10_000 }).toContain('Eve the gecko');
      const heard = JSON.stringify(socket.frames);
      saw(
        'of the stranger',
        heard.includes(stranger.id) || heard.includes(userId) ? 'something' : 'nothing',
        ['nothing'],
      );
      socket.ws.terminate();
      await socket.closed;
    },
  );
});
