/** What makes an account one's own: proofs of an address, ways back in, guesses, notices. */
import { KithError } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createAnnouncer } from '../fanout/announcer.ts';
import { localBus, subjects } from '../fanout/bus.ts';
import { silentLogger } from '../logger.ts';
import type { MailContent } from '../mail/kinds.ts';
import type { Caller } from '../services.ts';
import { CHEAP, createLetters, type Letters } from '../testing/letters.ts';
import { type SignedIn, signedIn } from '../testing/signedIn.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';
import type { Accounts, Origin, SignInOutcome } from './accounts.ts';
import { createAccounts } from './createAccounts.ts';
import { createGuesses, loginKey } from './guesses.ts';
import { createHousekeeping } from './housekeeping.ts';
import { accountsDb } from './tables.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

const PASSWORD = 'seven quiet otters swim';
const OTHER = 'nine loud herons sleep';
const MINUTE = 60_000;
const WAIT = { timeout: 10_000, interval: 20 };

let people = 0;
const somebody = () => {
  people += 1;
  const username = `p${people}`;
  return { email: `${username}@example.org`, password: PASSWORD, name: `P ${people}`, username };
};
/** Each from a place of its own: what is counted by address is another test's. */
const place = (more: Partial<Origin> = {}): Origin => {
  people += 1;
  return { address: `10.0.${people >> 8}.${people & 255}`, userAgent: `browser ${people}`, ...more };
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const codeIn = (mails: readonly MailContent[]): string => {
  const mail = mails.at(-1);
  return mail && 'code' in mail ? mail.code : expect.fail(`no code in ${JSON.stringify(mails)}`);
};
const ticketIn = (path: string): string => path.split('#')[1] ?? '';
/** Six digits that are not these. */
const notThis = (code: string): string => ((Number(code) + 1) % 1_000_000).toString().padStart(6, '0');
const deviceIn = (one: SignedIn): string => /device=([^;]+)/.exec(one.cookies[1] ?? '')?.[1] ?? '';

function sent(outcome: SignInOutcome): { ticket: string; expiresAt: Date } {
  return outcome.type === 'code_sent' ? outcome : expect.fail(`no code was sent: ${outcome.type}`);
}

describe.each(databaseKinds)('identity on %s', { timeout: 60_000 }, (kind) => {
  let test: TestDatabase;
  let letters: Letters;
  let accounts: Accounts;
  let now: number;
  const revoked: string[] = [];

  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    return {
      tenantId: identity.tenantId,
      userId: identity.user.id,
      sessionId: identity.sessionId,
      socket: null,
    };
  };
  /** Signed up and in, address proven. */
  const member = async (origin: Origin = place()) => {
    const form = somebody();
    const { ticket } = sent(await accounts.signUp(form, origin));
    const one = await signedIn(accounts.proceed({ ticket, code: codeIn(letters.to(form.email)) }, origin));
    return { ...form, origin, one, caller: await callerOf(one.token), device: deviceIn(one) };
  };
  const signIn = (login: { email: string; password: string }, origin: Origin = place()) =>
    accounts.signIn({ email: login.email, password: login.password }, origin);
  const kinds = async (caller: Caller): Promise<string[]> =>
    (await accounts.listSecurityEvents(caller, { of: 'me', cursor: undefined, limit: undefined })).events.map(
      (event) => event.kind,
    );

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    const bus = localBus();
    bus.subscribe(subjects.nodes, (message) => {
      if (message.type === 'sessions_revoked') revoked.push(...message.sessionIds);
    });
    letters = createLetters();
    accounts = await createAccounts({
      database: test.database,
      bus,
      announcer: createAnnouncer(bus),
      mail: letters,
      config: { ...defaultConfig(), challenge: 'off', proveEmail: true },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      now: () => now,
    });
  });
  beforeEach(() => {
    now = Date.now();
  });
  afterAll(async () => {
    await accounts?.close();
    await test?.drop();
  });

  describe('signing up', () => {
    it('makes nothing before the code came back, and one account of two who bring it at once', async () => {
      const form = somebody();
      const origin = place();
      const { ticket } = sent(await accounts.signUp(form, origin));
      expect((await refusal(signIn(form))).code).toBe('unauthenticated');
      const code = codeIn(letters.to(form.email));
      const tries = await Promise.allSettled([
        accounts.proceed({ ticket, code }, origin),
        accounts.proceed({ ticket, code }, origin),
      ]);
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const one = await signedIn(signIn(form, origin));
      const account = await accounts.getAccount(await callerOf(one.token), {});
      expect(account).toMatchObject({ email: form.email, emailVerified: true, mail: true });
      expect((await refusal(accounts.proceed({ ticket, code }, origin))).code).toBe('not_found');
    });

    it('looks at no more than five codes, also side by side, and then not at the right one', async () => {
      const form = somebody();
      const origin = place();
      const { ticket } = sent(await accounts.signUp(form, origin));
      const code = codeIn(letters.to(form.email));
      const wrong = await Promise.all(
        Array.from({ length: 20 }, () => refusal(accounts.proceed({ ticket, code: notThis(code) }, origin))),
      );
      // The fifth wrong one is the last.
      expect(wrong.filter((error) => error.code === 'bad_input')).toHaveLength(4);
      expect(wrong.filter((error) => error.code === 'not_found')).toHaveLength(16);
      expect((await refusal(accounts.proceed({ ticket, code }, origin))).code).toBe('not_found');
      expect((await refusal(accounts.resend(ticket, origin))).code).not.toBe('internal');
    });

    it('sends another code, which makes the one before void, so often', async () => {
      const form = somebody();
      const origin = place();
      const { ticket } = sent(await accounts.signUp(form, origin));
      const first = codeIn(letters.to(form.email));
      await accounts.resend(ticket, origin);
      const second = codeIn(letters.to(form.email));
      if (first !== second)
        expect((await refusal(accounts.proceed({ ticket, code: first }, origin))).code).toBe('bad_input');
      await accounts.resend(ticket, origin);
      expect((await refusal(accounts.resend(ticket, origin))).code).toBe('rate_limited');
      const third = codeIn(letters.to(form.email));
      await signedIn(accounts.proceed({ ticket, code: third }, origin));
    });

    it('takes no code that is over', async () => {
      const form = somebody();
      const { ticket } = sent(await accounts.signUp(form, place()));
      const code = codeIn(letters.to(form.email));
      now += 11 * MINUTE;
      expect((await refusal(accounts.proceed({ ticket, code }, place()))).code).toBe('not_found');
    });

    it('answers for an address that has an account as for one that has none, and tells its owner', async () => {
      const ann = await member();
      const known = await accounts.signUp({ ...somebody(), email: ann.email }, place());
      const unknown = await accounts.signUp(somebody(), place());
      expect(Object.keys(known)).toEqual(Object.keys(unknown));
      const { ticket } = sent(known);
      const [mail] = letters.to(ann.email);
      if (mail?.kind !== 'sign_up_known') return expect.fail(`the owner is told ${mail?.kind}`);
      // No code is right, though one is kept.
      await test.database.db.transaction().execute(async (trx) => {
        const row = await accountsDb(trx)
          .selectFrom('auth_proofs')
          .select('payload')
          .where('id', '=', ticket.split('.')[0] ?? '')
          .executeTakeFirstOrThrow();
        expect(row.payload).toEqual({ type: 'known' });
      });
      expect((await refusal(accounts.proceed({ ticket, code: '000000' }, place()))).code).toBe('bad_input');
      const token = ticketIn(mail.resetPath);
      await signedIn(accounts.resetPassword({ token, password: OTHER }, place()));
    });

    it('gives another name to whose name was taken while they looked for their code', async () => {
      const [early, late] = [somebody(), somebody()];
      const first = sent(await accounts.signUp({ ...early, username: late.username }, place()));
      const second = sent(await accounts.signUp(late, place()));
      const code = codeIn(letters.to(early.email));
      await signedIn(accounts.proceed({ ticket: first.ticket, code }, place()));
      const one = await signedIn(
        accounts.proceed({ ticket: second.ticket, code: codeIn(letters.to(late.email)) }, place()),
      );
      expect(one.user.username).toMatch(new RegExp(`^${late.username}-[0-9a-f]{4}$`));
      expect((await accounts.authenticate({ token: one.token }))?.user.username).toBe(one.user.username);
    });

    it('says so to who proves an address after somebody else did', async () => {
      const form = somebody();
      const first = sent(await accounts.signUp(form, place()));
      const code = codeIn(letters.to(form.email));
      const second = sent(await accounts.signUp({ ...somebody(), email: form.email }, place()));
      const other = codeIn(letters.to(form.email));
      await signedIn(accounts.proceed({ ticket: first.ticket, code }, place()));
      const error = await refusal(accounts.proceed({ ticket: second.ticket, code: other }, place()));
      expect(error).toMatchObject({ code: 'conflict', fields: [{ path: 'email' }] });
    });

    it('sends an address no more codes than it takes, and lets others ask for theirs', async () => {
      const form = somebody();
      const bad = place();
      for (let n = 0; n < 4; n += 1) await accounts.signUp({ ...somebody(), email: form.email }, bad);
      const error = await refusal(accounts.signUp({ ...somebody(), email: form.email }, bad));
      expect(error.code).toBe('rate_limited');
      expect(error.retryAfterMs).toBeGreaterThan(MINUTE);
      sent(await accounts.signUp(form, place()));
    });
  });

  describe('a forgotten password', () => {
    const linkFor = async (email: string): Promise<string> => {
      await accounts.forgotPassword(email, place());
      const mail = letters.to(email).at(-1);
      return mail?.kind === 'password_reset' ? ticketIn(mail.path) : expect.fail('no link was sent');
    };

    it('says the same to all, and writes only to who has an account', async () => {
      const ann = await member();
      expect(await accounts.forgotPassword(ann.email, place())).toBeUndefined();
      expect(await accounts.forgotPassword('nobody@example.org', place())).toBeUndefined();
      expect(letters.to(ann.email).map(({ kind }) => kind)).toEqual(['password_reset']);
      expect(letters.to('nobody@example.org')).toEqual([]);
    });

    it('sets another by the link, once; all sessions end, and are told so', async () => {
      const ann = await member();
      const token = await linkFor(ann.email);
      const [one, two] = await Promise.allSettled([
        accounts.resetPassword({ token, password: OTHER }, place()),
        accounts.resetPassword({ token, password: OTHER }, place()),
      ]);
      expect([one?.status, two?.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect(await accounts.authenticate({ token: ann.one.token })).toBeNull();
      expect(revoked).toContain(ann.caller.sessionId);
      expect((await refusal(signIn(ann))).code).toBe('unauthenticated');
      await signedIn(signIn({ ...ann, password: OTHER }));
      expect(letters.to(ann.email).map(({ kind }) => kind)).toContain('password_changed');
    });

    it('keeps the link when the new password is refused', async () => {
      const ann = await member();
      const token = await linkFor(ann.email);
      const error = await refusal(accounts.resetPassword({ token, password: ann.email }, place()));
      expect(error).toMatchObject({ code: 'bad_input', fields: [{ path: 'password' }] });
      await signedIn(accounts.resetPassword({ token, password: OTHER }, place()));
    });

    it('takes no link that is over, made up, of another kind, or of a code', async () => {
      const ann = await member();
      const token = await linkFor(ann.email);
      const form = somebody();
      const { ticket } = sent(await accounts.signUp(form, place()));
      const reset = (given: string) =>
        refusal(accounts.resetPassword({ token: given, password: OTHER }, place()));
      for (const given of [
        ticket,
        `${token}x`,
        token.slice(0, -1),
        '',
        '.',
        `${token.split('.')[0]}.`,
        ann.one.token,
      ])
        expect((await reset(given)).code, given).toBe('not_found');
      expect((await refusal(accounts.proceed({ ticket: token, code: '000000' }, place()))).code).toBe(
        'not_found',
      );
      now += 61 * MINUTE;
      expect((await reset(token)).code).toBe('not_found');
    });

    it('lets no session be opened by the old password once it is another', async () => {
      const ann = await member();
      for (let round = 0; round < 4; round += 1) {
        const [before, after] = round % 2 === 0 ? [PASSWORD, OTHER] : [OTHER, PASSWORD];
        const token = await linkFor(ann.email);
        const [reset, ...others] = await Promise.allSettled([
          signedIn(accounts.resetPassword({ token, password: after }, place())),
          ...Array.from({ length: 3 }, () => signedIn(signIn({ ...ann, password: before }, ann.origin))),
        ]);
        if (reset?.status !== 'fulfilled') return expect.fail('the link is good');
        for (const other of others) {
          if (other.status === 'rejected') continue;
          expect(await accounts.authenticate({ token: other.value.token })).toBeNull();
        }
        expect(await accounts.authenticate({ token: reset.value.token })).not.toBeNull();
      }
    });

    it('goes on saying yes when enough links were sent, and each of them is good', async () => {
      const ann = await member();
      const bad = place();
      for (let n = 0; n < 6; n += 1) await accounts.forgotPassword(ann.email, bad);
      const mails = letters.to(ann.email);
      expect(mails).toHaveLength(4);
      const [first] = mails;
      if (first?.kind !== 'password_reset') return expect.fail('no link was sent');
      await signedIn(accounts.resetPassword({ token: ticketIn(first.path), password: OTHER }, place()));
    });
  });

  describe('what is dear', () => {
    it('asks for the password first, unless one has just signed in', async () => {
      const ann = await member();
      now += 11 * MINUTE;
      const change = () => accounts.changePassword(ann.caller, { password: OTHER });
      expect((await refusal(change())).code).toBe('confirmation_required');
      const wrong = await refusal(accounts.confirmIdentity(ann.caller, { password: 'wrong' }));
      expect(wrong).toMatchObject({ code: 'bad_input', fields: [{ path: 'password' }] });
      expect((await kinds(ann.caller))[0]).toBe('confirmation_failed');
      expect((await refusal(change())).code).toBe('confirmation_required');
      await accounts.confirmIdentity(ann.caller, { password: PASSWORD });
      const elsewhere = await signedIn(signIn(ann));
      expect(await change()).toEqual({ revoked: 1 });
      expect(await accounts.authenticate({ token: elsewhere.token })).toBeNull();
      expect(await accounts.authenticate({ token: ann.one.token })).not.toBeNull();
      await signedIn(signIn({ ...ann, password: OTHER }));
      now += 11 * MINUTE;
      expect((await refusal(change())).code).toBe('confirmation_required');
    });

    it('is refused by another session’s confirmation', async () => {
      const ann = await member();
      now += 11 * MINUTE;
      const elsewhere = await callerOf((await signedIn(signIn(ann))).token);
      expect((await accounts.getAccount(elsewhere, {})).confirmedUntil).not.toBeNull();
      expect((await refusal(accounts.changePassword(ann.caller, { password: OTHER }))).code).toBe(
        'confirmation_required',
      );
    });

    it('bounds guesses at the password of who is signed in', async () => {
      const ann = await member();
      const guess = () => refusal(accounts.confirmIdentity(ann.caller, { password: 'wrong' }));
      for (let n = 0; n < 6; n += 1) expect((await guess()).code).toBe('bad_input');
      expect((await guess()).code).toBe('rate_limited');
      expect((await refusal(accounts.confirmIdentity(ann.caller, { password: PASSWORD }))).code).toBe(
        'rate_limited',
      );
    });
  });

  describe('another address', () => {
    const change = async (one: Awaited<ReturnType<typeof member>>, email: string) => {
      const { ticket } = await accounts.changeEmail(one.caller, { email });
      return accounts.confirmEmail(one.caller, { ticket, code: codeIn(letters.to(email)) });
    };

    it('is the one it has: it was verified, not changed, and nobody has anything to take back', async () => {
      const ann = await member();
      await change(ann, ann.email);
      expect((await kinds(ann.caller))[0]).toBe('email_verified');
      expect(letters.to(ann.email)).toEqual([]);
    });

    it('counts once its code came back; the old one is told, and can take it back', async () => {
      const ann = await member();
      const taken = { ...ann, email: `thief-${ann.email}` };
      expect(await change(ann, taken.email)).toEqual({ email: taken.email });
      const [mail] = letters.to(ann.email);
      if (mail?.kind !== 'email_changed') return expect.fail(`the old address is told ${mail?.kind}`);
      expect((await refusal(signIn(ann))).code).toBe('unauthenticated');
      const thief = await signedIn(signIn(taken));
      // Once more, so that the first undo is no longer the last change.
      const again = `second-${ann.email}`;
      await change(ann, again);
      const later = letters.to(taken.email).find(({ kind }) => kind === 'email_changed');
      if (later?.kind !== 'email_changed') return expect.fail('the second change is told, too');

      now += 6 * 24 * 60 * MINUTE;
      const undone = await accounts.undoEmail(ticketIn(mail.undoPath), place());
      expect(undone.email).toBe(ann.email);
      expect(await accounts.authenticate({ token: thief.token })).toBeNull();
      expect(await accounts.authenticate({ token: ann.one.token })).toBeNull();
      await signedIn(accounts.resetPassword({ token: undone.resetToken, password: OTHER }, place()));
      await signedIn(signIn({ ...ann, password: OTHER }));
      // Whoever had it in between cannot have it back.
      for (const path of [mail.undoPath, later.undoPath])
        expect((await refusal(accounts.undoEmail(ticketIn(path), place()))).code).toBe('not_found');
    });

    it('is not told to belong to somebody else, and not taken from them', async () => {
      const [ann, bob] = [await member(), await member()];
      const { ticket } = await accounts.changeEmail(ann.caller, { email: bob.email });
      expect(letters.to(bob.email)).toEqual([]);
      expect((await refusal(accounts.confirmEmail(ann.caller, { ticket, code: '000000' }))).code).toBe(
        'bad_input',
      );
      await signedIn(signIn(bob));
    });

    it('takes no code of somebody else’s ticket, and does not count it', async () => {
      const [ann, bob] = [await member(), await member()];
      const email = `new-${ann.email}`;
      const { ticket } = await accounts.changeEmail(ann.caller, { email });
      const code = codeIn(letters.to(email));
      for (let n = 0; n < 6; n += 1)
        expect((await refusal(accounts.confirmEmail(bob.caller, { ticket, code }))).code).toBe('not_found');
      expect((await refusal(accounts.proceed({ ticket, code }, place()))).code).toBe('not_found');
      expect(await accounts.confirmEmail(ann.caller, { ticket, code })).toEqual({ email });
    });
  });

  describe('guessing', () => {
    it('is followed by longer and longer pauses, from wherever it comes', async () => {
      const ann = await member();
      const guess = (origin = place()) => refusal(signIn({ ...ann, password: 'wrong' }, origin));
      const codes = [];
      for (let n = 0; n < 6; n += 1) codes.push((await guess()).code);
      expect(new Set(codes)).toEqual(new Set(['unauthenticated']));
      const first = await guess();
      expect(first.code).toBe('rate_limited');
      expect(first.retryAfterMs).toBe(5_000);
      now += 5_000;
      expect((await guess()).code).toBe('unauthenticated');
      expect((await guess()).retryAfterMs).toBe(10_000);
      for (let n = 0; n < 12; n += 1) {
        now += 15 * MINUTE;
        await guess();
      }
      expect((await guess()).retryAfterMs).toBe(15 * MINUTE);
    });

    it('counts tries of one moment, whichever clock they came by', async () => {
      const key = loginKey('somebody', null);
      // Each node has a clock of its own, and of two tries at once the later may come first.
      for (const late of [0, -1, -40, 3]) {
        const guesses = createGuesses(accountsDb(test.database.db), true, () => now + late);
        await guesses.take([key]);
      }
    });

    it('of many at once looks at no more than are free', async () => {
      const ann = await member();
      const all = await Promise.all(
        Array.from({ length: 30 }, () => refusal(signIn({ ...ann, password: 'wrong' }))),
      );
      expect(all.filter(({ code }) => code === 'unauthenticated').length).toBeLessThanOrEqual(6);
    });

    it('is not what somebody does who signs in twice, and the second time by a clock that is behind', async () => {
      const ann = await member();
      const there = place();
      await refusal(signIn({ ...ann, password: 'wrong' }, there));
      now -= 5_000;
      await signedIn(signIn(ann, there));
      now -= 5_000;
      await signedIn(signIn(ann, there));
    });

    it('is forgotten after a day, also where nobody swept', async () => {
      const ann = await member();
      const guess = async () => (await refusal(signIn({ ...ann, password: 'wrong' }))).code;
      for (let n = 0; n < 6; n += 1) await guess();
      expect(await guess()).toBe('rate_limited');
      now += 25 * 60 * MINUTE;
      for (let n = 0; n < 3; n += 1) expect(await guess()).toBe('unauthenticated');
    });

    it('locks nobody out who signs in where they did before', async () => {
      const ann = await member();
      for (let n = 0; n < 8; n += 1) await refusal(signIn({ ...ann, password: 'wrong' }));
      expect((await refusal(signIn(ann))).code).toBe('rate_limited');
      await signedIn(signIn(ann, place({ device: ann.device })));
      // A made-up cookie is nobody's.
      expect((await refusal(signIn(ann, place({ device: 'A'.repeat(43) })))).code).toBe('rate_limited');
      const bob = await member();
      expect((await refusal(signIn(ann, place({ device: bob.device })))).code).toBe('rate_limited');
    });

    it('at names that nobody bears is bounded alike', async () => {
      const nobody = { email: `nobody${people}@example.org`, password: 'wrong' };
      for (let n = 0; n < 6; n += 1) expect((await refusal(signIn(nobody))).code).toBe('unauthenticated');
      const error = await refusal(signIn(nobody));
      expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 });
    });

    it('is not what a whole office does that signs in from one address', async () => {
      const office = place();
      const ann = await member();
      for (let n = 0; n < 120; n += 1) await signedIn(signIn(ann, { ...office, userAgent: `desk ${n}` }));
      expect((await refusal(signIn({ ...ann, password: 'wrong' }, office))).code).toBe('unauthenticated');
    });

    it('at many names from one address is bounded, too', async () => {
      const bad = place();
      const codes = new Set<string>();
      for (let n = 0; n < 110; n += 1)
        codes.add((await refusal(signIn({ email: `x${n}@example.org`, password: 'wrong' }, bad))).code);
      expect(codes).toEqual(new Set(['unauthenticated', 'rate_limited']));
      // Who was signed in there before does not wait for it.
      const ann = await member();
      expect((await refusal(signIn(ann, bad))).code).toBe('rate_limited');
      await signedIn(signIn(ann, { ...bad, device: ann.device }));
    });
  });

  describe('who signs in elsewhere', () => {
    it('is told to the person, but not the first time, nor from where they were', async () => {
      const ann = await member();
      expect(letters.to(ann.email)).toEqual([]);
      await signedIn(signIn(ann, place({ device: ann.device })));
      expect(letters.to(ann.email)).toEqual([]);
      // A program that keeps no cookies, at the same place.
      await signedIn(signIn(ann, ann.origin));
      expect(letters.to(ann.email)).toEqual([]);
      const strange = place();
      await signedIn(signIn(ann, strange));
      expect(letters.to(ann.email)).toMatchObject([{ kind: 'new_device', address: strange.address }]);
      expect(await kinds(ann.caller)).toEqual([
        'new_device',
        'signed_in',
        'signed_in',
        'signed_in',
        'signed_up',
      ]);
    });

    it('is never given a browser’s name by somebody else', async () => {
      const planted = 'B'.repeat(43);
      const ann = await member(place({ device: planted }));
      expect(ann.device).not.toBe(planted);
    });
  });

  it('writes down what happened, in pages, for the person and for the owner alone', async () => {
    const ann = await member();
    await refusal(signIn({ ...ann, password: 'wrong' }, place({ userAgent: 'evil\0one' })));
    // Written down beside the answer.
    await vi.waitFor(async () => expect(await kinds(ann.caller)).toContain('sign_in_failed'), WAIT);
    await accounts.changePassword(ann.caller, { password: OTHER });
    const page = { of: 'me', cursor: undefined, limit: 2 } as const;
    const first = await accounts.listSecurityEvents(ann.caller, page);
    expect(first.events.map(({ kind }) => kind)).toEqual(['password_changed', 'sign_in_failed']);
    expect(first.events[0]).toMatchObject({ userId: ann.caller.userId, address: ann.origin.address });
    expect(first.events[1]?.userAgent).toBe('evil?one');
    const rest = await accounts.listSecurityEvents(ann.caller, { ...page, cursor: first.next ?? '' });
    expect(rest).toMatchObject({ events: [{ kind: 'signed_in' }, { kind: 'signed_up' }], next: null });
    const everyone = { of: 'everyone', cursor: undefined, limit: 200 } as const;
    expect((await refusal(accounts.listSecurityEvents(ann.caller, everyone))).code).toBe('forbidden');
    const owner = await test.database.db
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'owner')
      .executeTakeFirstOrThrow();
    const all = await accounts.listSecurityEvents({ ...ann.caller, userId: owner.id }, everyone);
    expect(all.events.some(({ userId }) => userId === ann.caller.userId)).toBe(true);
    const stranger = { ...ann.caller, tenantId: 4_711 };
    expect((await accounts.listSecurityEvents(stranger, { ...everyone, of: 'me' })).events).toEqual([]);
  });

  it('asks who was let in unproven for a code, once this server proves addresses', async () => {
    const ann = await member();
    const db = accountsDb(test.database.db);
    const unproven = () =>
      db.updateTable('auth_users').set({ email_verified: false }).where('email', '=', ann.email).execute();
    await unproven();
    const { ticket } = sent(await signIn(ann));
    expect((await refusal(signIn({ ...ann, password: 'wrong' }))).code).toBe('unauthenticated');
    await signedIn(accounts.proceed({ ticket, code: codeIn(letters.to(ann.email)) }, place()));
    await signedIn(signIn(ann));
  });

  it('forgets what is over', async () => {
    const ann = await member();
    await accounts.forgotPassword(ann.email, place());
    await refusal(signIn({ ...ann, password: 'wrong' }));
    await vi.waitFor(async () => expect(await kinds(ann.caller)).toContain('sign_in_failed'), WAIT);
    const db = accountsDb(test.database.db);
    const later = now + 500 * 24 * 60 * MINUTE;
    await createHousekeeping({ db, log: silentLogger, now: () => later }).sweep();
    for (const table of [
      'auth_proofs',
      'auth_guesses',
      'auth_sessions',
      'auth_devices',
      'security_events',
    ] as const) {
      const { n } = await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow();
      expect(Number(n), table).toBe(0);
    }
  });
});
