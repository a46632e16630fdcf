/** Second factors and passkeys, and the ways around them that are none. */
import { KithError, type PasskeyRequest, type SecondFactor } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Config, defaultConfig } from '../../config.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { localBus, subjects } from '../../fanout/bus.ts';
import { silentLogger } from '../../logger.ts';
import type { Caller } from '../../services.ts';
import { createPasskey, type Lies } from '../../testing/authenticator.ts';
import { CHEAP, createLetters, type Letters } from '../../testing/letters.ts';
import { type SignedIn, signedIn } from '../../testing/signedIn.ts';
import { databaseKinds, openTestDatabase } from '../../testing/world.ts';
import type { Accounts, Origin, SignInOutcome } from '../accounts.ts';
import { createAccounts } from '../createAccounts.ts';
import { createHousekeeping } from '../housekeeping.ts';
import { accountsDb } from '../tables.ts';
import { stepAt, totpCode } from './totp.ts';

const PAGE = 'https://chat.example.org';
const EVIL = 'https://chat.example.org.evil.example';
const PASSWORD = 'seven quiet otters swim';
const OTHER = 'nine loud herons sleep';
const MINUTE = 60_000;
const STEP = 30_000;

let people = 0;
/** Each from a place of its own: what is counted by address is another test's. */
const place = (more: Partial<Origin> = {}): Origin => {
  people += 1;
  return { address: `10.1.${people >> 8}.${people & 255}`, userAgent: `b ${people}`, page: PAGE, ...more };
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const deviceIn = (one: SignedIn): string => /device=([^;]+)/.exec(one.cookies[1] ?? '')?.[1] ?? '';

interface Asked {
  readonly ticket: string;
  readonly factors: readonly SecondFactor[];
  readonly passkey: PasskeyRequest | null;
}
async function asked(outcome: Promise<SignInOutcome>): Promise<Asked> {
  const reached = await outcome;
  return reached.type === 'second_factor' ? reached : expect.fail(`no factor is asked for: ${reached.type}`);
}
const requestIn = ({ passkey }: Asked): PasskeyRequest => passkey ?? expect.fail('no passkey is asked for');

function fromBase32(text: string): Buffer {
  const bits = [...text].map((c) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

const SECRETS = ['the secret of last year, long enough', 'the secret of this year, long enough'] as const;

describe.each(databaseKinds)('second factors on %s', { timeout: 60_000 }, (kind) => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let letters: Letters;
  let accounts: Accounts;
  /** The same service, started again with other settings. */
  let create: (settings: Partial<Config>) => Promise<Accounts>;
  let now: number;
  const revoked: string[] = [];

  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    const { tenantId, user, sessionId } = identity;
    return { tenantId, userId: user.id, sessionId, page: PAGE, socket: null };
  };
  const member = async () => {
    people += 1;
    const username = `f${people}`;
    const form = { email: `${username}@example.org`, password: PASSWORD, name: `F ${people}`, username };
    const one = await signedIn(accounts.signUp(form, place()));
    await accountsDb(test.database.db)
      .updateTable('auth_users')
      .set({ email_verified: true })
      .where('email', '=', form.email)
      .execute();
    return { ...form, one, caller: await callerOf(one.token), device: deviceIn(one) };
  };
  type Member = Awaited<ReturnType<typeof member>>;
  const signIn = ({ email, password }: { email: string; password: string }, origin = place()) =>
    accounts.signIn({ email, password }, origin);
  /** The code of the app now. */
  const codeOf = (secret: Buffer, step = 0) => totpCode(secret, stepAt(now) + step);
  const notThis = (secret: Buffer): string => {
    const near = [-1, 0, 1].map((step) => codeOf(secret, step));
    return ['000000', '111111', '222222', '333333'].find((code) => !near.includes(code)) ?? '';
  };
  const withTotp = async (who?: Member) => {
    const ann = who ?? (await member());
    const begun = await accounts.beginTotp(ann.caller, {});
    const secret = fromBase32(begun.secret);
    const { recoveryCodes } = await accounts.confirmTotp(ann.caller, { code: codeOf(secret) });
    // The code that set it up is used.
    now += STEP;
    return { ...ann, secret, recoveryCodes: recoveryCodes ?? [] };
  };
  const addPasskey = async ({ caller }: Pick<Member, 'caller'>, lies: Lies & { counts?: boolean } = {}) => {
    const begun = await accounts.beginPasskey(caller, {});
    const { passkey: key, made } = createPasskey(begun.options, PAGE, lies);
    const added = await accounts.addPasskey(caller, { ticket: begun.ticket, passkey: made, name: 'Key' });
    return { key, ...added };
  };
  const byPasskey = async (
    answer: (options: PasskeyRequest) => Parameters<Accounts['passkeySignIn']>[0]['passkey'],
    origin = place(),
  ) => {
    const { ticket, options } = await accounts.beginPasskeySignIn(origin);
    return accounts.passkeySignIn({ ticket, passkey: answer(options) }, origin);
  };
  const kinds = async ({ caller }: Pick<Member, 'caller'>): Promise<string[]> => {
    const page = { of: 'me', cursor: undefined, limit: 100 } as const;
    return (await accounts.listSecurityEvents(caller, page)).events.map((event) => event.kind);
  };
  const told = ({ email }: Member): string[] =>
    letters.to(email).map((mail) => (mail.kind === 'second_factor_changed' ? mail.what : mail.kind));

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    const bus = localBus();
    bus.subscribe(subjects.nodes, (message) => {
      if (message.type === 'sessions_revoked') revoked.push(...message.sessionIds);
    });
    letters = createLetters();
    create = (settings) =>
      createAccounts({
        database: test.database,
        bus,
        announcer: createAnnouncer(bus),
        mail: letters,
        config: { ...defaultConfig(), proveEmail: false, publicOrigins: [PAGE], ...settings },
        log: silentLogger,
        costs: CHEAP,
        now: () => now,
      });
    accounts = await create({ secret: SECRETS[0] });
    now = Date.now();
    // The owner.
    await member();
  });
  beforeEach(() => {
    now = Date.now();
  });
  afterAll(async () => {
    await accounts?.close();
    await test?.drop();
  });

  it('with another secret of the service, what the former one closed is still good while it is named', async () => {
    const ann = await withTotp();
    const [first = '', second = ''] = ann.recoveryCodes;
    const to = await asked(signIn(ann));
    const renewed = await create({ secret: SECRETS[1], formerSecrets: [SECRETS[0]] });
    const alone = await create({ secret: SECRETS[1] });
    const ask = async (at: Accounts) =>
      asked(at.signIn({ email: ann.email, password: ann.password }, place()));

    expect(await alone.authenticate({ token: ann.one.token })).toBeNull();
    expect(await renewed.authenticate({ token: ann.one.token })).not.toBeNull();
    const lost = await ask(alone);
    expect(
      await refusal(alone.proceed({ ticket: lost.ticket, code: codeOf(ann.secret) }, place())),
    ).toMatchObject({ code: 'bad_input' });
    expect((await refusal(alone.proceed({ ticket: lost.ticket, recoveryCode: first }, place()))).code).toBe(
      'bad_input',
    );
    await signedIn(renewed.proceed({ ticket: to.ticket, code: codeOf(ann.secret) }, place()));
    await signedIn(renewed.proceed({ ticket: (await ask(renewed)).ticket, recoveryCode: second }, place()));
    // Once used, the app lies under the new one alone.
    now += STEP;
    const { ticket } = await ask(alone);
    await signedIn(alone.proceed({ ticket, code: codeOf(ann.secret) }, place()));
    await renewed.close();
    await alone.close();
  });

  describe('an authenticator app', () => {
    it('counts once it has shown its code, is asked for from then on, and ends all other sessions', async () => {
      const ann = await member();
      const elsewhere = await signedIn(signIn(ann));
      const { secret: typed, uri } = await accounts.beginTotp(ann.caller, {});
      expect(new URL(uri).searchParams.get('secret')).toBe(typed);
      const secret = fromBase32(typed);
      // Begun is not set up.
      await signedIn(signIn(ann));
      const wrong = await refusal(accounts.confirmTotp(ann.caller, { code: notThis(secret) }));
      expect(wrong).toMatchObject({ code: 'bad_input', fields: [{ path: 'code' }] });
      letters.to(ann.email);
      const { recoveryCodes } = await accounts.confirmTotp(ann.caller, { code: codeOf(secret) });
      expect(new Set(recoveryCodes).size).toBe(10);
      for (const code of recoveryCodes ?? [])
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
      expect(await accounts.authenticate({ token: elsewhere.token })).toBeNull();
      expect(await accounts.authenticate({ token: ann.one.token })).not.toBeNull();
      expect(told(ann)).toEqual(['totp_on']);
      expect((await refusal(accounts.beginTotp(ann.caller, {}))).code).toBe('conflict');
      expect(await accounts.getFactors(ann.caller, {})).toMatchObject({ recoveryCodes: 10, passkeys: [] });

      const step = await asked(signIn(ann));
      expect(step).toMatchObject({ factors: ['totp', 'recovery'], passkey: null });
      now += STEP;
      await signedIn(accounts.proceed({ ticket: step.ticket, code: codeOf(secret) }, place()));
      await accounts.removeTotp(ann.caller, {});
      await signedIn(signIn(ann));
      expect(await accounts.getFactors(ann.caller, {})).toMatchObject({ totp: null, recoveryCodes: 0 });
    });

    it('is asked for by no change of it without showing who one is', async () => {
      const ann = await withTotp();
      now += 11 * MINUTE;
      for (const change of [
        () => accounts.removeTotp(ann.caller, {}),
        () => accounts.renewRecoveryCodes(ann.caller, {}),
        () => accounts.beginPasskey(ann.caller, {}),
        () => accounts.beginTotp(ann.caller, {}),
        () => accounts.confirmTotp(ann.caller, { code: codeOf(ann.secret) }),
        () => accounts.removePasskey(ann.caller, { passkeyId: ann.caller.userId }),
      ])
        expect((await refusal(change())).code).toBe('confirmation_required');
    });

    it('that was begun and never confirmed is forgotten, one that counts is not', async () => {
      const [ann, bob] = [await member(), await withTotp()];
      await accounts.beginTotp(ann.caller, {});
      const tomorrow = Date.now() + 25 * 60 * MINUTE;
      const { db } = test.database;
      await createHousekeeping({ db: accountsDb(db), log: silentLogger, now: () => tomorrow }).sweep();
      const rows = await accountsDb(db).selectFrom('auth_totps').select('user_id').execute();
      const left = rows.map(({ user_id }) => user_id);
      expect([left.includes(ann.caller.userId), left.includes(bob.caller.userId)]).toEqual([false, true]);
    });

    it('attack: the same code twice at one moment opens one session', async () => {
      const ann = await withTotp();
      const tickets = [await asked(signIn(ann)), await asked(signIn(ann))];
      const code = codeOf(ann.secret);
      const tries = await Promise.allSettled(
        tickets.map(({ ticket }) => signedIn(accounts.proceed({ ticket, code }, place()))),
      );
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('attack: a code that was seen is not good again, nor is one of a step before', async () => {
      const ann = await withTotp();
      const first = await asked(signIn(ann));
      const code = codeOf(ann.secret);
      await signedIn(accounts.proceed({ ticket: first.ticket, code }, place()));
      const second = await asked(signIn(ann));
      for (const seen of [code, codeOf(ann.secret, -1)]) {
        const error = await refusal(accounts.proceed({ ticket: second.ticket, code: seen }, place()));
        expect(error).toMatchObject({ code: 'bad_input', fields: [{ path: 'code' }] });
      }
      now += STEP;
      await signedIn(accounts.proceed({ ticket: second.ticket, code: codeOf(ann.secret) }, place()));
      expect(await kinds(ann)).toContain('second_factor_failed');
    });

    it('attack: a ticket looks at five codes, also side by side', async () => {
      const ann = await withTotp();
      const { ticket } = await asked(signIn(ann, place({ device: ann.device })));
      const from = place({ device: ann.device });
      const errors = await Promise.all(
        Array.from({ length: 20 }, () =>
          refusal(accounts.proceed({ ticket, code: notThis(ann.secret) }, from)),
        ),
      );
      // The fifth wrong one is the last.
      expect(errors.filter(({ code }) => code === 'bad_input').length).toBeLessThanOrEqual(4);
      now += 7 * 60 * MINUTE;
      const last = await refusal(accounts.proceed({ ticket, code: codeOf(ann.secret) }, from));
      expect(last.code).toBe('not_found');
    });

    it('attack: new tickets, addresses and browsers bring no more tries, and lock only strangers out', async () => {
      const ann = await withTotp();
      let looked = 0;
      for (let n = 0; n < 20; n += 1) {
        const { ticket } = await asked(signIn(ann));
        const error = await refusal(accounts.proceed({ ticket, code: notThis(ann.secret) }, place()));
        if (error.code === 'bad_input') looked += 1;
        else expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 });
      }
      expect(looked).toBe(6);
      const stranger = await asked(signIn(ann));
      expect(
        (await refusal(accounts.proceed({ ticket: stranger.ticket, code: codeOf(ann.secret) }, place())))
          .code,
      ).toBe('rate_limited');
      const own = place({ device: ann.device });
      const { ticket } = await asked(signIn(ann, own));
      await signedIn(accounts.proceed({ ticket, code: codeOf(ann.secret) }, own));
      // Another password, and whoever guessed is out.
      await accounts.changePassword(ann.caller, { password: OTHER });
      now += STEP;
      const again = await asked(signIn({ ...ann, password: OTHER }));
      await signedIn(accounts.proceed({ ticket: again.ticket, code: codeOf(ann.secret) }, place()));
    });

    it('attack: a code of one’s own does not open somebody else’s ticket', async () => {
      const [ann, bob] = [await withTotp(), await withTotp()];
      const { ticket } = await asked(signIn(ann));
      const error = await refusal(accounts.proceed({ ticket, code: codeOf(bob.secret) }, place()));
      expect(error.code).toBe('bad_input');
      const recovery = await refusal(
        accounts.proceed({ ticket, recoveryCode: bob.recoveryCodes[0] ?? '' }, place()),
      );
      expect(recovery).toMatchObject({ code: 'bad_input', fields: [{ path: 'recoveryCode' }] });
    });

    it('attack: a ticket outlives neither its time nor the password that began it', async () => {
      const ann = await withTotp();
      const early = await asked(signIn(ann));
      const late = await asked(signIn(ann));
      now += 9 * MINUTE;
      await accounts.changePassword(ann.caller, { password: OTHER });
      const over = async ({ ticket }: Asked) =>
        (await refusal(accounts.proceed({ ticket, code: codeOf(ann.secret) }, place()))).code;
      expect(await over(early)).toBe('not_found');
      const fresh = await asked(signIn({ ...ann, password: OTHER }));
      now += 11 * MINUTE;
      expect([await over(late), await over(fresh)]).toEqual(['not_found', 'not_found']);
    });

    it('attack: a password that is changed while the code is on its way opens nothing', async () => {
      const ann = await withTotp();
      const { ticket } = await asked(signIn(ann));
      // As when it is changed at the very moment: the ticket is still there.
      await accountsDb(test.database.db)
        .updateTable('auth_accounts')
        .set({ password: 'another' })
        .where('user_id', '=', ann.caller.userId)
        .execute();
      const error = await refusal(accounts.proceed({ ticket, code: codeOf(ann.secret) }, place()));
      expect(error.code).toBe('unauthenticated');
    });

    it('attack: its secret in the database is of no use for another account', async () => {
      const [ann, bob] = [await withTotp(), await withTotp()];
      const db = accountsDb(test.database.db);
      const rows = await db.selectFrom('auth_totps').selectAll().execute();
      for (const { secret } of rows) {
        expect(Buffer.from(secret).includes(ann.secret)).toBe(false);
        expect(Buffer.from(secret).includes(bob.secret)).toBe(false);
      }
      const bobs = rows.find((row) => row.user_id === bob.caller.userId);
      await db
        .updateTable('auth_totps')
        .set({ secret: bobs?.secret ?? Buffer.alloc(0) })
        .where('user_id', '=', ann.caller.userId)
        .execute();
      const { ticket } = await asked(signIn(ann));
      await expect(accounts.proceed({ ticket, code: codeOf(bob.secret) }, place())).rejects.toThrow();
    });
  });

  describe('is not passed by', () => {
    it('attack: the link of a forgotten password', async () => {
      const ann = await withTotp();
      letters.to(ann.email);
      await accounts.forgotPassword(ann.email, place());
      const [mail] = letters.to(ann.email);
      if (mail?.kind !== 'password_reset') return expect.fail('no link was sent');
      const token = mail.path.split('#')[1] ?? '';
      const { ticket } = await asked(accounts.resetPassword({ token, password: OTHER }, place()));
      await signedIn(accounts.proceed({ ticket, code: codeOf(ann.secret) }, place()));
    });

    it('but by who reads the mailbox of an address that nobody had shown: no way in of its maker stays', async () => {
      const squatter = await withTotp();
      await accountsDb(test.database.db)
        .updateTable('auth_users')
        .set({ email_verified: false })
        .where('email', '=', squatter.email)
        .execute();
      const { key } = await addPasskey(squatter);
      letters.to(squatter.email);
      await accounts.forgotPassword(squatter.email, place());
      const [mail] = letters.to(squatter.email);
      if (mail?.kind !== 'password_reset') return expect.fail('no link was sent');
      const token = mail.path.split('#')[1] ?? '';
      const owner = await signedIn(accounts.resetPassword({ token, password: OTHER }, place()));
      expect(await accounts.getFactors(await callerOf(owner.token), {})).toMatchObject({
        totp: null,
        passkeys: [],
        recoveryCodes: 0,
      });
      expect((await refusal(byPasskey((options) => key.answer(options)))).code).toBe('unauthenticated');
    });

    it('attack: the code that proves an address', async () => {
      const strict = await create({ secret: SECRETS[0], proveEmail: true });
      const ann = await withTotp();
      await accountsDb(test.database.db)
        .updateTable('auth_users')
        .set({ email_verified: false })
        .where('id', '=', ann.caller.userId)
        .execute();
      letters.to(ann.email);
      const sent = await strict.signIn({ email: ann.email, password: ann.password }, place());
      if (sent.type !== 'code_sent') return expect.fail(`no code was sent: ${sent.type}`);
      const [mail] = letters.to(ann.email);
      const code = mail && 'code' in mail ? mail.code : '';
      // The app's code is not the mail's.
      const swapped = { ticket: sent.ticket, recoveryCode: ann.recoveryCodes[0] ?? '' };
      expect((await refusal(strict.proceed(swapped, place()))).code).toBe('not_found');
      const { ticket } = await asked(strict.proceed({ ticket: sent.ticket, code }, place()));
      await signedIn(strict.proceed({ ticket, code: codeOf(ann.secret) }, place()));
      await strict.close();
    });

    it('attack: a ticket taken to other doors', async () => {
      const ann = await withTotp();
      const { ticket } = await asked(signIn(ann));
      for (const way of [
        () => accounts.resend(ticket, place()),
        () => accounts.resetPassword({ token: ticket, password: OTHER }, place()),
        () => accounts.undoEmail(ticket, place()),
        () => accounts.confirmEmail(ann.caller, { ticket, code: codeOf(ann.secret) }),
      ])
        expect((await refusal(way())).code).toBe('not_found');
    });
  });

  describe('a trusted browser', () => {
    it('is not asked for thirty days, with the password all the same', async () => {
      const ann = await withTotp();
      const origin = place();
      const { ticket } = await asked(signIn(ann, origin));
      const one = await signedIn(accounts.proceed({ ticket, code: codeOf(ann.secret), trust: true }, origin));
      const trusted = { ...origin, device: deviceIn(one) };
      await signedIn(signIn(ann, trusted));
      expect((await refusal(signIn({ ...ann, password: 'wrong' }, trusted))).code).toBe('unauthenticated');
      await asked(signIn(ann, origin));
      now += 31 * 24 * 60 * MINUTE;
      await asked(signIn(ann, trusted));
    });

    it('is asked again after another password, and after another factor', async () => {
      const ann = await withTotp();
      const trust = async (password: string): Promise<Origin> => {
        const { ticket } = await asked(signIn({ ...ann, password }));
        const one = await signedIn(
          accounts.proceed({ ticket, code: codeOf(ann.secret), trust: true }, place()),
        );
        now += STEP;
        const origin = place({ device: deviceIn(one) });
        await signedIn(signIn({ ...ann, password }, origin));
        return origin;
      };
      const first = await trust(PASSWORD);
      await accounts.changePassword(ann.caller, { password: OTHER });
      await asked(signIn({ ...ann, password: OTHER }, first));
      const second = await trust(OTHER);
      await accounts.renewRecoveryCodes(ann.caller, {});
      await asked(signIn({ ...ann, password: OTHER }, second));
    });

    it('attack: the trust of another account, a made-up cookie, and one that was known before', async () => {
      const [ann, bob] = [await withTotp(), await withTotp()];
      const trust = async (who: typeof ann, device?: string) => {
        const origin = place({ device });
        const { ticket } = await asked(signIn(who, origin));
        const way = { ticket, code: codeOf(who.secret), trust: true };
        return deviceIn(await signedIn(accounts.proceed(way, origin)));
      };
      const bobs = await trust(bob);
      await asked(signIn(ann, place({ device: bobs })));
      await asked(signIn(ann, place({ device: 'A'.repeat(43) })));
      // Bob put his cookie into Ann's browser before she trusted it.
      now += STEP;
      const anns = await trust(ann, bobs);
      expect(anns).not.toBe(bobs);
      await asked(signIn(ann, place({ device: bobs })));
      await signedIn(signIn(ann, place({ device: anns })));
      // The browser is still Bob's, too.
      await signedIn(signIn(bob, place({ device: anns })));
    });

    it('attack: trust without a factor is none', async () => {
      const ann = await member();
      const one = await signedIn(signIn(ann));
      await withTotp({ ...ann, one, caller: await callerOf(one.token) });
      await asked(signIn(ann, place({ device: deviceIn(one) })));
    });
  });

  describe('recovery codes', () => {
    it('are taken as people type them, once each, and their use is told', async () => {
      const ann = await withTotp();
      letters.to(ann.email);
      const [code = ''] = ann.recoveryCodes;
      const { ticket } = await asked(signIn(ann));
      const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`;
      await signedIn(accounts.proceed({ ticket, recoveryCode: typed }, place()));
      expect(told(ann)).toContain('recovery_used');
      expect(await kinds(ann)).toContain('recovery_used');
      expect((await accounts.getFactors(ann.caller, {})).recoveryCodes).toBe(9);
      const again = await asked(signIn(ann));
      const error = await refusal(accounts.proceed({ ticket: again.ticket, recoveryCode: code }, place()));
      expect(error).toMatchObject({ code: 'bad_input', fields: [{ path: 'recoveryCode' }] });
    });

    it('attack: one code by two tickets at one moment opens one session', async () => {
      const ann = await withTotp();
      const tickets = [await asked(signIn(ann)), await asked(signIn(ann))];
      const [recoveryCode = ''] = ann.recoveryCodes;
      const tries = await Promise.allSettled(
        tickets.map(({ ticket }) => signedIn(accounts.proceed({ ticket, recoveryCode }, place()))),
      );
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('are void after others were made, and lie hashed', async () => {
      const ann = await withTotp();
      const { recoveryCodes } = await accounts.renewRecoveryCodes(ann.caller, {});
      const { ticket } = await asked(signIn(ann));
      const [old = ''] = ann.recoveryCodes;
      expect((await refusal(accounts.proceed({ ticket, recoveryCode: old }, place()))).code).toBe(
        'bad_input',
      );
      await signedIn(accounts.proceed({ ticket, recoveryCode: recoveryCodes[9] ?? '' }, place()));
      const rows = await accountsDb(test.database.db).selectFrom('auth_recovery_codes').selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(recoveryCodes[1]);
      const bob = await member();
      expect((await refusal(accounts.renewRecoveryCodes(bob.caller, {}))).code).toBe('not_found');
    });
  });

  describe('a passkey', () => {
    it('signs in by itself, and is the second factor after a password', async () => {
      const ann = await member();
      const { key, passkey, recoveryCodes } = await addPasskey(ann);
      expect(recoveryCodes).toHaveLength(10);
      expect(passkey).toMatchObject({ name: 'Key', usedAt: null });
      expect(told(ann)).toEqual(['passkey_added']);
      await signedIn(byPasskey((options) => key.answer(options)));
      const step = await asked(signIn(ann));
      expect(step.factors).toEqual(['passkey', 'recovery']);
      const request = requestIn(step);
      expect(request).toMatchObject({ rpId: 'chat.example.org', allowCredentials: [{ id: key.id }] });
      // A key that does not ask who holds it will do after a password.
      const answer = key.answer(request, { verified: false });
      await signedIn(accounts.proceed({ ticket: step.ticket, passkey: answer }, place()));
      expect((await accounts.getFactors(ann.caller, {})).passkeys).toMatchObject([{ id: passkey.id }]);
      expect((await accounts.getFactors(ann.caller, {})).passkeys[0]?.usedAt).not.toBeNull();
    });

    it('is called something else, and removed, by its own person alone', async () => {
      const [ann, bob] = [await member(), await member()];
      const { key, passkey } = await addPasskey(ann);
      const passkeyId = passkey.id;
      for (const theirs of [
        () => accounts.renamePasskey(bob.caller, { passkeyId, name: 'Bob’s' }),
        () => accounts.removePasskey(bob.caller, { passkeyId }),
      ])
        expect((await refusal(theirs())).code).toBe('not_found');
      await accounts.renamePasskey(ann.caller, { passkeyId, name: 'Phone' });
      expect((await accounts.getFactors(ann.caller, {})).passkeys).toMatchObject([{ name: 'Phone' }]);
      await accounts.removePasskey(ann.caller, { passkeyId });
      expect(await accounts.getFactors(ann.caller, {})).toMatchObject({ passkeys: [], recoveryCodes: 0 });
      expect((await refusal(byPasskey((options) => key.answer(options)))).code).toBe('unauthenticated');
      await signedIn(signIn(ann));
    });

    it('brings no new codes to who has some, and leaves them to who keeps a factor', async () => {
      const ann = await withTotp();
      const { passkey, recoveryCodes } = await addPasskey(ann);
      expect(recoveryCodes).toBeNull();
      await accounts.removePasskey(ann.caller, { passkeyId: passkey.id });
      expect((await accounts.getFactors(ann.caller, {})).recoveryCodes).toBe(10);
    });

    it('without a counter is good again and again', async () => {
      const ann = await member();
      const { key } = await addPasskey(ann, { counts: false });
      for (let n = 0; n < 3; n += 1) await signedIn(byPasskey((options) => key.answer(options)));
    });

    it('shows who one is, in place of the password', async () => {
      const [ann, bob] = [await member(), await member()];
      const { key } = await addPasskey(ann);
      const theirs = await addPasskey(bob);
      now += 11 * MINUTE;
      const begin = () => accounts.beginPasskeyConfirm(ann.caller, {});
      const confirm = (ticket: string, answer: ReturnType<typeof key.answer>) =>
        accounts.confirmIdentity(ann.caller, { ticket, passkey: answer });
      const first = await begin();
      expect((await refusal(confirm(first.ticket, theirs.key.answer(first.options)))).code).toBe('bad_input');
      const second = await begin();
      const weak = key.answer(second.options, { verified: false });
      expect((await refusal(confirm(second.ticket, weak))).code).toBe('bad_input');
      const third = await begin();
      const answer = key.answer(third.options);
      await confirm(third.ticket, answer);
      expect((await refusal(confirm(third.ticket, answer))).code).toBe('not_found');
      await accounts.renewRecoveryCodes(ann.caller, {});
    });

    const refusedAlone: readonly (readonly [string, Lies])[] = [
      ['of another origin', { origin: EVIL }],
      ['of this site in another scheme', { origin: 'http://chat.example.org' }],
      ['for another site', { rpId: 'chat.example.org.evil.example' }],
      ['of a challenge that was not asked', { challenge: 'x'.repeat(43) }],
      ['that names another account', { userHandle: Buffer.alloc(16, 7).toString('base64url') }],
      ['that names no account', { userHandle: null }],
      ['that did not ask who holds it', { verified: false }],
      ['that was signed to make a passkey', { type: 'webauthn.create' }],
    ];
    it.each(refusedAlone)('attack: an answer %s', async (_what, lies) => {
      const ann = await member();
      const { key } = await addPasskey(ann);
      expect((await refusal(byPasskey((options) => key.answer(options, lies)))).code).toBe('unauthenticated');
      await signedIn(byPasskey((options) => key.answer(options)));
    });

    it.each(refusedAlone.slice(0, 5))('attack: as the second factor, an answer %s', async (_what, lies) => {
      const ann = await member();
      const { key } = await addPasskey(ann);
      const step = await asked(signIn(ann));
      const answer = key.answer(requestIn(step), lies);
      const error = await refusal(accounts.proceed({ ticket: step.ticket, passkey: answer }, place()));
      expect(error).toMatchObject({ code: 'bad_input', fields: [{ path: 'passkey' }] });
    });

    it('attack: an answer that was seen, sent again, to its ticket or another', async () => {
      const ann = await member();
      const { key } = await addPasskey(ann, { counts: false });
      const origin = place();
      const first = await accounts.beginPasskeySignIn(origin);
      const second = await accounts.beginPasskeySignIn(origin);
      const passkey = key.answer(first.options);
      await signedIn(accounts.passkeySignIn({ ticket: first.ticket, passkey }, origin));
      expect((await refusal(accounts.passkeySignIn({ ticket: first.ticket, passkey }, origin))).code).toBe(
        'not_found',
      );
      expect((await refusal(accounts.passkeySignIn({ ticket: second.ticket, passkey }, origin))).code).toBe(
        'unauthenticated',
      );
      const step = await asked(signIn(ann));
      expect((await refusal(accounts.proceed({ ticket: step.ticket, passkey }, place()))).code).toBe(
        'bad_input',
      );
    });

    it('attack: one answer twice at one moment opens one session', async () => {
      const ann = await member();
      const { key } = await addPasskey(ann, { counts: false });
      const { ticket, options } = await accounts.beginPasskeySignIn(place());
      const passkey = key.answer(options);
      const tries = await Promise.allSettled(
        Array.from({ length: 4 }, () => signedIn(accounts.passkeySignIn({ ticket, passkey }, place()))),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('attack: a copy, whose counter stands still or goes back, is refused and written down', async () => {
      const ann = await member();
      const { key } = await addPasskey(ann);
      const copy = key.copy();
      for (let n = 0; n < 3; n += 1) await signedIn(byPasskey((options) => key.answer(options)));
      expect((await refusal(byPasskey((options) => copy.answer(options)))).code).toBe('unauthenticated');
      const still = { counter: key.counter };
      expect((await refusal(byPasskey((options) => key.answer(options, still)))).code).toBe(
        'unauthenticated',
      );
      expect((await refusal(byPasskey((options) => key.answer(options, { counter: 0 })))).code).toBe(
        'unauthenticated',
      );
      const step = await asked(signIn(ann));
      const stale = key.answer(requestIn(step), { counter: 1 });
      await refusal(accounts.proceed({ ticket: step.ticket, passkey: stale }, place()));
      expect((await kinds(ann)).filter((event) => event === 'passkey_refused')).toHaveLength(4);
      await signedIn(byPasskey((options) => key.answer(options, { counter: 100 })));
    });

    it('attack: as the second factor, that of another account', async () => {
      const [ann, bob] = [await member(), await member()];
      await addPasskey(ann);
      const { key } = await addPasskey(bob);
      const step = await asked(signIn(ann));
      const answer = key.answer(requestIn(step), { userHandle: null });
      const error = await refusal(accounts.proceed({ ticket: step.ticket, passkey: answer }, place()));
      expect(error).toMatchObject({ code: 'bad_input', fields: [{ path: 'passkey' }] });
    });

    it('attack: made for another page, for another’s ticket, twice, or by a ticket that is over', async () => {
      const [ann, bob] = [await member(), await member()];
      const begin = () => accounts.beginPasskey(ann.caller, {});
      const add = (caller: Caller, ticket: string, passkey: ReturnType<typeof createPasskey>['made']) =>
        refusal(accounts.addPasskey(caller, { ticket, passkey, name: 'Key' }));
      for (const lies of [{ origin: EVIL }, { rpId: 'evil.example' }, { challenge: 'x'.repeat(43) }]) {
        const { ticket, options } = await begin();
        expect((await add(ann.caller, ticket, createPasskey(options, PAGE, lies).made)).code).toBe(
          'bad_input',
        );
      }
      const one = await begin();
      const { made } = createPasskey(one.options, PAGE);
      expect((await add(bob.caller, one.ticket, made)).code).toBe('not_found');
      // And is gone, so that nobody can use it in her name.
      expect((await add(ann.caller, one.ticket, made)).code).toBe('not_found');
      const late = await begin();
      now += 6 * MINUTE;
      expect((await add(ann.caller, late.ticket, createPasskey(late.options, PAGE).made)).code).toBe(
        'not_found',
      );

      const { key } = await addPasskey(ann);
      const theirs = await accounts.beginPasskey(bob.caller, {});
      const stolen = createPasskey(theirs.options, PAGE).made;
      await accountsDb(test.database.db)
        .updateTable('auth_passkeys')
        .set({ credential_id: stolen.id })
        .where('credential_id', '=', key.id)
        .execute();
      expect((await add(bob.caller, theirs.ticket, stolen)).code).toBe('conflict');
    });

    it('is asked for at its own site only, and not by who comes from no page of ours', async () => {
      const ann = await member();
      const { key } = await addPasskey(ann);
      await accountsDb(test.database.db)
        .updateTable('auth_passkeys')
        .set({ rp_id: 'elsewhere.example.org' })
        .where('user_id', '=', ann.caller.userId)
        .execute();
      expect(await asked(signIn(ann))).toMatchObject({ factors: ['recovery'], passkey: null });
      expect((await refusal(accounts.beginPasskeyConfirm(ann.caller, {}))).code).toBe('not_found');
      expect((await refusal(byPasskey((options) => key.answer(options)))).code).toBe('unauthenticated');
    });
  });

  describe('where the tenant asks for one', () => {
    const demand = (secondFactor: 'off' | 'admins' | 'everyone') =>
      test.database.db.updateTable('tenants').set({ second_factor: secondFactor }).execute();
    const restricted = async ({ one }: Member): Promise<boolean> => {
      now += 6_000;
      const identity = await accounts.authenticate({ token: one.token });
      return identity ? identity.restriction !== null : expect.fail('signed out');
    };

    it('who has none may only set one up, and anything at once after that', async () => {
      const [ann, bob, admin] = [await member(), await member(), await member()];
      await test.database.db
        .updateTable('users')
        .set({ role: 'admin' })
        .where('id', '=', admin.caller.userId)
        .execute();
      expect(await restricted(ann)).toBe(false);
      await demand('admins');
      expect([await restricted(ann), await restricted(admin)]).toEqual([false, true]);
      await demand('everyone');
      expect([await restricted(ann), await restricted(admin)]).toEqual([true, true]);
      expect(await accounts.getFactors(ann.caller, {})).toMatchObject({ required: true });
      const begun = await accounts.beginTotp(ann.caller, {});
      expect(await restricted(ann)).toBe(true);
      await accounts.confirmTotp(ann.caller, { code: codeOf(fromBase32(begun.secret)) });
      expect((await accounts.authenticate({ token: ann.one.token }))?.restriction).toBeNull();
      expect(await restricted(bob)).toBe(true);
      await addPasskey(bob);
      expect((await accounts.authenticate({ token: bob.one.token }))?.restriction).toBeNull();
      await accounts.removeTotp(ann.caller, {});
      expect((await accounts.authenticate({ token: ann.one.token }))?.restriction).toBe(
        'second_factor_required',
      );
      await demand('off');
      expect(await restricted(ann)).toBe(false);
    });

    it('the owner says so, who has one', async () => {
      const [ann, owner] = [await member(), await member()];
      const update = (who: Member, secondFactor: 'off' | 'admins') =>
        accounts.updateTenantSecurity(who.caller, { secondFactor });
      expect((await refusal(update(ann, 'admins'))).code).toBe('forbidden');
      expect((await refusal(accounts.getTenantSecurity(ann.caller, {}))).code).toBe('forbidden');
      const role = (of: 'owner' | 'admin') =>
        test.database.db
          .updateTable('users')
          .set({ role: of })
          .where('id', '=', owner.caller.userId)
          .execute();
      await role('admin');
      expect((await refusal(update(owner, 'admins'))).code).toBe('forbidden');
      expect(await accounts.getTenantSecurity(owner.caller, {})).toEqual({ secondFactor: 'off' });
      await role('owner');
      expect((await refusal(update(owner, 'admins'))).code).toBe('second_factor_required');
      await withTotp(owner);
      expect(await update(owner, 'admins')).toEqual({ secondFactor: 'admins' });
      now += 11 * MINUTE;
      expect((await refusal(update(owner, 'off'))).code).toBe('confirmation_required');
      await accounts.confirmIdentity(owner.caller, { password: PASSWORD });
      await update(owner, 'off');
      expect((await kinds(owner)).filter((event) => event === 'tenant_security_changed')).toHaveLength(2);
    });
  });
});
