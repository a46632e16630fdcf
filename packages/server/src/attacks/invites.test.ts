/** Invitations in hands that they are not for. */
import { newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type AttackWorld, openAttackWorld } from '../testing/attackWorld.ts';
import { callAs } from '../testing/houses.ts';

const AT_ONCE = 8;

let world: AttackWorld;
beforeAll(async () => {
  world = await openAttackWorld();
}, 120_000);
afterAll(() => world?.close());

const post = (path: string, body: object): Promise<Response> =>
  world.world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const form = (more: object) => {
  const name = `new-${newId().slice(-12)}`;
  return { email: `${name}@example.org`, password: 'seven quiet otters swim', name, username: name, ...more };
};
const signUp = async (more: object): Promise<string> =>
  outcomeOf(await post('/v1/auth/sign-up/email', form(more)));

/** Tokens that lead nowhere, and look as if they might. */
function* wrongTokens(): Generator<string> {
  const { victim, foreigner, outsider } = world;
  const [id = '', secret = ''] = victim.inviteToken.split('.');
  yield foreigner.inviteToken;
  yield `${foreigner.inviteId}.${secret}`;
  yield `${id}.${outsider.house.inviteToken.split('.')[1]}`;
  yield `${id}.${Buffer.alloc(16).toString('base64url')}`;
  yield `${id}.${secret.slice(0, -1)}`;
  yield `${victim.inviteToken}.${secret}`;
  yield `${id.toUpperCase()}.${secret}`;
  yield id;
  yield "' or true --";
}

describe('invitations', () => {
  attack(
    'lead nowhere when guessed, put together from others, or of another tenant',
    'secrets of other invitations, all zeroes, cut short, with more behind, another tenant’s; looked at, accepted and to sign up with',
    async (saw) => {
      const { db } = world.world.service.services.database;
      await db.updateTable('tenants').set({ sign_up: 'invited' }).where('slug', '=', 'main').execute();
      const answers = new Set<string>();
      for (const token of wrongTokens()) {
        const looked = await post('/v1/auth/invite', { token });
        answers.add(await looked.clone().text());
        saw(`a look at ${token}`, await outcomeOf(looked), ['not_found']);
        const accepted = await world.ask(world.outsider.person, 'acceptInvite', { token });
        saw(`accepting ${token}`, accepted.outcome, ['not_found']);
        saw(`signing up by ${token}`, await signUp({ invite: token }), ['forbidden']);
      }
      expect(answers.size, 'answers differ').toBe(1);
    },
  );

  attack(
    'that are good for one make one account, however many come at once',
    `${AT_ONCE} sign-ups by one link of a single use`,
    async (saw) => {
      const { services } = world.world.service;
      const { db } = services.database;
      await db
        .updateTable('tenants')
        .set({ sign_up: 'invited', invite_by: 'members' })
        .where('slug', '=', 'main')
        .execute();
      const { invite } = await callAs(services, world.victim.caller, 'createInvite', {
        inviteId: newId(),
        maxUses: 1,
      });
      const outcomes = await Promise.all(
        Array.from({ length: AT_ONCE }, () => signUp({ invite: invite.token })),
      );
      for (const outcome of outcomes) saw('one of them', outcome, ['ok', 'forbidden']);
      expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
      saw('one more, later', await signUp({ invite: invite.token }), ['forbidden']);
    },
  );

  attack(
    'bring nobody back who was shown out, and say nothing about what they lead to but its name',
    'a removed member accepts a link into the conversation',
    async (saw) => {
      const { services } = world.world.service;
      const { db } = services.database;
      await db.updateTable('tenants').set({ invite_by: 'members' }).where('slug', '=', 'main').execute();
      const { conversationId, inviteToken } = world.victim;
      const { person, house } = world.former;
      const { outcome, text } = await world.ask(person, 'acceptInvite', { token: inviteToken });
      saw('accepting it', outcome, ['ok']);
      expect(JSON.parse(text)).toEqual({ conversationIds: [] });
      const read = await world.ask(person, 'getHistory', { conversationId, limit: 5 });
      saw('reading there', read.outcome, ['not_found', 'forbidden']);
      const made = await world.ask(person, 'createInvite', {
        inviteId: newId(),
        conversationIds: [conversationId],
      });
      saw('a link of one’s own to there', made.outcome, ['not_found']);
      const { members } = await callAs(services, world.victim.caller, 'listMembers', { conversationId });
      expect(members.map(({ userId }) => userId)).not.toContain(house.userId);
    },
  );

  attack(
    'and forms give nobody more than they lead to',
    'a role, another inviter, another tenant and fields of an invitation in the form of signing up and in that of inviting',
    async (saw) => {
      const { inviteToken } = world.victim;
      for (const more of [{ role: 'owner' }, { madeBy: world.victim.userId }, { tenantId: 2 }, { uses: 0 }])
        saw(`signing up with ${Object.keys(more)}`, await signUp({ invite: inviteToken, ...more }), [
          'bad_input',
        ]);
      for (const more of [{ role: 'admin' }, { madeBy: world.victim.userId }, { uses: -5 }, { maxUses: 0 }]) {
        const asked = await world.ask(world.outsider.person, 'createInvite', { inviteId: newId(), ...more });
        saw(`inviting with ${Object.keys(more)}`, asked.outcome, ['bad_input']);
      }
    },
  );
});
