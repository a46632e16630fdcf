/** Ending somebody else's account, keeping one that is not one's own, and coming back after the end. */
import { type CommandName, commandNames, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { bury } from '../deletion/erasePerson.ts';
import { planDeletion } from '../store/deletion.ts';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type AttackWorld, openAttackWorld } from '../testing/attackWorld.ts';
import type { HttpPerson } from '../testing/filesWorld.ts';
import { openSocket } from '../testing/socketClient.ts';

let world: AttackWorld;
let eve: HttpPerson;
beforeAll(async () => {
  world = await openAttackWorld();
  eve = world.outsider.person;
}, 120_000);
afterAll(() => world?.close());

const post = (path: string, body: object): Promise<Response> =>
  world.world.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const tokenOf = ({ bearer }: HttpPerson): string => bearer['authorization']?.slice('Bearer '.length) ?? '';
const socketCode = async (person: HttpPerson): Promise<number> => {
  const socket = await openSocket(`${world.world.base.replace('http', 'ws')}/v1/socket`);
  socket.send({ t: 'hello', token: tokenOf(person) });
  return (await socket.closed).code;
};

describe('the end of an account', () => {
  attack(
    'is asked for by its owner alone, and kept by their link alone',
    'another’s id in the form, tokens made up, cut, swapped and of other kinds of links',
    async (saw) => {
      const { userId } = world.victim;
      for (const more of [{ userId }, { user: userId }, { id: userId }])
        saw(
          `with ${Object.keys(more)}`,
          (await world.ask(eve, 'deleteAccount', { messages: 'delete', ...more })).outcome,
          ['bad_input'],
        );
      const before = await world.snapshot();
      for (const token of ['', 'null', 'a'.repeat(43), world.victim.inviteToken, newId(), tokenOf(eve)])
        saw('a token', await outcomeOf(await post('/v1/auth/keep', { token })), ['not_found', 'bad_input']);
      expect((await world.snapshot()).get('users')).toEqual(before.get('users'));
    },
  );

  attack(
    'leaves nothing to be done until it is called off',
    'every command with a session that asked for the end, another session, a socket, and a new sign-in',
    async (saw) => {
      const ida = await world.world.signUp('ida');
      expect((await world.ask(ida, 'deleteAccount', { messages: 'keep' })).outcome).toBe('ok');
      const may: ReadonlySet<CommandName> = new Set([
        ...(['getMe', 'getAccount', 'listSessions', 'revokeSession', 'revokeOtherSessions'] as const),
        ...(['keepAccount', 'deleteAccount'] as const),
      ]);
      for (const name of commandNames) {
        if (may.has(name)) continue;
        const answer = await world.ask(ida, name, {}).catch(() => null);
        // Without a route of its own it is asked for over a socket, which does not open.
        saw(name, answer?.outcome ?? 'no socket', ['account_deletion_pending', 'bad_input', 'no socket']);
      }
      saw('a socket', String(await socketCode(ida)), ['4433']);
      saw('keeping', (await world.ask(ida, 'keepAccount', {})).outcome, ['ok']);
      saw('afterwards', (await world.ask(ida, 'getMe', {})).outcome, ['ok']);
    },
  );

  attack(
    'is the end of every way in',
    'the session, a socket, the password by name and by address, a link for a new password, keeping it too late',
    async (saw) => {
      const joe = await world.world.signUp('joe');
      const { services } = world.world.service;
      const identity = await services.accounts.authenticate({ token: tokenOf(joe) });
      const person = { tenantId: identity?.tenantId ?? expect.fail('nobody'), userId: joe.id };
      const at = new Date();
      await services.database.db
        .transaction()
        .execute((trx) => planDeletion(trx, person, { at, messages: 'delete' }));
      await bury(services, person, at.getTime());
      saw('the session', (await world.ask(joe, 'getMe', {})).outcome, ['unauthenticated', 'session_revoked']);
      saw('keeping it', (await world.ask(joe, 'keepAccount', {})).outcome, [
        'unauthenticated',
        'session_revoked',
      ]);
      saw('a socket', (await socketCode(joe)) >= 4400 ? 'refused' : 'open', ['refused']);
      const signIn = (form: object) =>
        post('/v1/auth/sign-in/username', { password: 'a good password', ...form });
      const [gone, never] = [await signIn({ username: 'joe' }), await signIn({ username: 'nobody-ever' })];
      expect(await gone.clone().text()).toBe(await never.clone().text());
      saw('the password', await outcomeOf(gone), ['unauthenticated']);
      const asked = await post('/v1/auth/password/forgot', { email: 'joe@example.org' });
      saw('a new password', await outcomeOf(asked), ['ok', 'unavailable', 'forbidden']);
    },
  );
});
