/** Orders of events by which somebody would keep, or get, an account that is another's. */
import { KithError } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createAnnouncer } from '../fanout/announcer.ts';
import { localBus } from '../fanout/bus.ts';
import { silentLogger } from '../logger.ts';
import type { MailContent } from '../mail/kinds.ts';
import type { Caller } from '../services.ts';
import { CHEAP, createLetters, type Letters } from '../testing/letters.ts';
import { type SignedIn, signedIn } from '../testing/signedIn.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';
import type { Accounts, Origin, SignInOutcome } from './accounts.ts';
import { createAccounts } from './createAccounts.ts';
import { accountsDb } from './tables.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

const PASSWORD = 'seven quiet otters swim';
const OTHER = 'nine loud herons sleep';
/** Somebody who types this is interrupted: see `meanwhile`. */
const SLOW = 'twelve slow badgers think';

let people = 0;
const somebody = () => {
  people += 1;
  return { email: `t${people}@example.org`, password: PASSWORD, name: `T ${people}`, username: `t${people}` };
};
const place = (): Origin => {
  people += 1;
  return { address: `10.1.${people >> 8}.${people & 255}`, userAgent: `browser ${people}` };
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const sent = (outcome: SignInOutcome): string =>
  outcome.type === 'code_sent' ? outcome.ticket : expect.fail(`no code was sent: ${outcome.type}`);

function codeIn(mails: readonly MailContent[]): string {
  const mail = mails.at(-1);
  return mail && 'code' in mail ? mail.code : expect.fail(`no code in ${JSON.stringify(mails)}`);
}

describe.each(databaseKinds)('nobody else’s account on %s', { timeout: 60_000 }, (kind) => {
  let test: TestDatabase;
  let letters: Letters;
  let accounts: Accounts;
  /** Done between the question whether somebody may and the deed. */
  let meanwhile: () => Promise<unknown> = async () => undefined;

  const create = (signUp: 'open' | 'closed' = 'open', proveEmail = true): Promise<Accounts> => {
    const bus = localBus();
    return createAccounts({
      database: test.database,
      bus,
      announcer: createAnnouncer(bus),
      mail: letters,
      config: { ...defaultConfig(), challenge: 'off', proveEmail, signUp },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      breached: {
        has: async (password) => {
          if (password === SLOW) await meanwhile();
          return false;
        },
        close: async () => undefined,
      },
    });
  };
  const callerOf = async ({ token }: SignedIn): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    const { tenantId, user, sessionId } = identity;
    return { tenantId, userId: user.id, sessionId, socket: null };
  };
  /** Signed up and in, address proven. */
  const member = async () => {
    const form = somebody();
    const origin = place();
    const ticket = sent(await accounts.signUp(form, origin));
    const one = await signedIn(accounts.proceed({ ticket, code: codeIn(letters.to(form.email)) }, origin));
    return { ...form, one, caller: await callerOf(one) };
  };
  const signIn = ({ email }: { email: string }, password: string, origin = place()) =>
    accounts.signIn({ email, password }, origin);
  const change = async (caller: Caller, email: string): Promise<void> => {
    const { ticket } = await accounts.changeEmail(caller, { email });
    await accounts.confirmEmail(caller, { ticket, code: codeIn(letters.to(email)) });
  };
  const undoLink = (address: string): string => {
    const mail = letters.to(address).find(({ kind }) => kind === 'email_changed');
    return mail?.kind === 'email_changed'
      ? (mail.undoPath.split('#')[1] ?? '')
      : expect.fail('no change was told');
  };
  const resetLink = async (email: string, origin = place()): Promise<string> => {
    await accounts.forgotPassword(email, origin);
    const mail = letters.to(email).at(-1);
    return mail?.kind === 'password_reset' ? (mail.path.split('#')[1] ?? '') : expect.fail('no link');
  };

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    letters = createLetters();
    accounts = await create();
  });
  afterAll(async () => {
    await accounts?.close();
    await test?.drop();
  });

  it('whoever changed the address twice cannot make the owner’s way back void', async () => {
    const ann = await member();
    const thief = await callerOf(await signedIn(signIn(ann, PASSWORD)));
    await change(thief, `one-${ann.email}`);
    const owners = undoLink(ann.email);
    await change(thief, `two-${ann.email}`);
    await accounts.undoEmail(undoLink(`one-${ann.email}`), place());
    expect((await accounts.undoEmail(owners, place())).email).toBe(ann.email);
  });

  it('with the address taken back, the password is none any more: nobody is quicker than who types another', async () => {
    const ann = await member();
    const thief = await callerOf(await signedIn(signIn(ann, PASSWORD)));
    await change(thief, `thief-${ann.email}`);
    const { resetToken } = await accounts.undoEmail(undoLink(ann.email), place());
    expect((await refusal(signIn(ann, PASSWORD))).code).toBe('unauthenticated');
    await signedIn(accounts.resetPassword({ token: resetToken, password: OTHER }, place()));
    await signedIn(signIn(ann, OTHER));
  });

  it('a session that ended while it changed the password changes nothing', async () => {
    const ann = await member();
    const thief = await callerOf(await signedIn(signIn(ann, PASSWORD)));
    const token = await resetLink(ann.email);
    meanwhile = () => accounts.resetPassword({ token, password: OTHER }, place());
    expect((await refusal(accounts.changePassword(thief, { password: SLOW }))).code).toBe('unauthenticated');
    await signedIn(signIn(ann, OTHER));
    expect((await refusal(signIn(ann, SLOW))).code).toBe('unauthenticated');
  });

  it('a session that ended confirms no address', async () => {
    const ann = await member();
    const thief = await callerOf(await signedIn(signIn(ann, PASSWORD)));
    const email = `thief-${ann.email}`;
    const { ticket } = await accounts.changeEmail(thief, { email });
    await accounts.revokeOtherSessions(ann.caller);
    const error = await refusal(accounts.confirmEmail(thief, { ticket, code: codeIn(letters.to(email)) }));
    expect(error.code).toBe('unauthenticated');
    await signedIn(signIn(ann, PASSWORD));
  });

  it('a link to set the password is of the address it went to', async () => {
    const ann = await member();
    const token = await resetLink(ann.email);
    // As by a question for a link that found the account just before its address became another.
    await accountsDb(test.database.db)
      .updateTable('auth_users')
      .set({ email: `new-${ann.email}` })
      .where('id', '=', ann.caller.userId)
      .execute();
    const error = await refusal(accounts.resetPassword({ token, password: OTHER }, place()));
    expect(error.code).toBe('not_found');
  });

  it('a code after a password that is none any more opens nothing', async () => {
    const ann = await member();
    const db = accountsDb(test.database.db);
    const mine = db.updateTable('auth_users').where('id', '=', ann.caller.userId);
    await mine.set({ email_verified: false }).execute();
    const ticket = sent(await signIn(ann, PASSWORD));
    const code = codeIn(letters.to(ann.email));
    // As by a sign-in that was under way when the password became another: nothing of it was there to be withdrawn.
    await db
      .updateTable('auth_accounts')
      .set({ password: 'another' })
      .where('user_id', '=', ann.caller.userId)
      .execute();
    expect((await refusal(accounts.proceed({ ticket, code }, place()))).code).toBe('unauthenticated');
  });

  it('a link that takes an address back is no other: not one for a password, nor a ticket of a code', async () => {
    const ann = await member();
    const reset = await resetLink(ann.email);
    const { ticket } = await accounts.changeEmail(ann.caller, { email: `new-${ann.email}` });
    for (const given of [reset, ticket, sent(await accounts.signUp(somebody(), place()))])
      expect((await refusal(accounts.undoEmail(given, place()))).code).toBe('not_found');
    // None of them was spent by it.
    await accounts.confirmEmail(ann.caller, { ticket, code: codeIn(letters.to(`new-${ann.email}`)) });
  });

  it('links for a password end with the password, and with the address, that they were sent for', async () => {
    const over = async (token: string) =>
      expect((await refusal(accounts.resetPassword({ token, password: OTHER }, place()))).code).toBe(
        'not_found',
      );
    const ann = await member();
    const [one, two] = [await resetLink(ann.email), await resetLink(ann.email)];
    await signedIn(accounts.resetPassword({ token: one, password: OTHER }, place()));
    await over(two);
    const three = await resetLink(ann.email);
    const caller = await callerOf(await signedIn(signIn(ann, OTHER)));
    await accounts.changePassword(caller, { password: PASSWORD });
    await over(three);
    const four = await resetLink(ann.email);
    await change(caller, `new-${ann.email}`);
    await change(caller, ann.email);
    await over(four);
  });

  it('nothing is told to an address that is not proven', async () => {
    const open = await create('open', false);
    const form = somebody();
    const one = await signedIn(open.signUp(form, place()));
    await signedIn(open.signIn({ email: form.email, password: PASSWORD }, place()));
    await open.changePassword(await callerOf(one), { password: OTHER });
    expect(letters.to(form.email)).toEqual([]);
    await open.close();
  });

  it('of any number at once, no more links are sent than may be', async () => {
    const ann = await member();
    const origin = place();
    await Promise.all(Array.from({ length: 12 }, () => accounts.forgotPassword(ann.email, origin)));
    expect(letters.to(ann.email)).toHaveLength(4);
  });

  it('who took an account over is not known there any more once its owner is back', async () => {
    const ann = await member();
    const thief = place();
    const one = await signedIn(signIn(ann, PASSWORD, thief));
    const device = /device=([^;]+)/.exec(one.cookies[1] ?? '')?.[1] ?? '';
    const token = await resetLink(ann.email);
    await signedIn(accounts.resetPassword({ token, password: OTHER }, place()));
    letters.to(ann.email);
    await signedIn(signIn(ann, OTHER, { ...thief, device }));
    expect(letters.to(ann.email).map(({ kind }) => kind)).toEqual(['new_device']);
  });

  it('an account that somebody waits to be made is not made once new ones are closed', async () => {
    const form = somebody();
    const ticket = sent(await accounts.signUp(form, place()));
    const closed = await create('closed');
    const error = await refusal(closed.proceed({ ticket, code: codeIn(letters.to(form.email)) }, place()));
    expect(error.code).toBe('forbidden');
    await closed.close();
  });

  it('asking again for a code sends none to somebody else’s address', async () => {
    const [ann, bob] = [await member(), await member()];
    const { ticket } = await accounts.changeEmail(ann.caller, { email: bob.email });
    await accounts.resend(ticket, place());
    expect(letters.to(bob.email)).toEqual([]);
  });

  it('a code that is sent again says how long it is still good', async () => {
    const form = somebody();
    const ticket = sent(await accounts.signUp(form, place()));
    await accountsDb(test.database.db)
      .updateTable('auth_proofs')
      .set({ expires_at: new Date(Date.now() + 4.5 * 60_000) })
      .where('id', '=', ticket.split('.')[0] ?? '')
      .execute();
    await accounts.resend(ticket, place());
    expect(letters.to(form.email).at(-1)).toMatchObject({ minutes: 4 });
  });

  it('an address that no mail gets to is answered as any, known or not', async () => {
    const unproven = await create('open', false);
    const email = `${'x'.repeat(65)}@example.org`;
    await signedIn(unproven.signUp({ ...somebody(), email }, place()));
    expect(await accounts.forgotPassword(email, place())).toBeUndefined();
    expect(await accounts.forgotPassword(`${'y'.repeat(65)}@example.org`, place())).toBeUndefined();
    await unproven.close();
  });

  it('another code brings no further tries', async () => {
    const form = somebody();
    const ticket = sent(await accounts.signUp(form, place()));
    const wrong = async (): Promise<string> => {
      const code = codeIn(letters.to(form.email)) === '000000' ? '000001' : '000000';
      return (await refusal(accounts.proceed({ ticket, code }, place()))).code;
    };
    const tries: string[] = [await wrong()];
    for (let sends = 0; sends < 2; sends += 1) {
      await accounts.resend(ticket, place());
      tries.push(await wrong());
    }
    // Five in all, and the fifth wrong one is the last.
    for (let n = 0; n < 2; n += 1)
      tries.push((await refusal(accounts.proceed({ ticket, code: '999999' }, place()))).code);
    expect(tries).toEqual(['bad_input', 'bad_input', 'bad_input', 'bad_input', 'not_found']);
  });

  it('codes are not guessed with many tickets', async () => {
    const bad = place();
    const tickets = await Promise.all(
      Array.from({ length: 30 }, async () => sent(await accounts.signUp(somebody(), place()))),
    );
    const guesses = tickets.flatMap((ticket) =>
      Array.from({ length: 5 }, () => refusal(accounts.proceed({ ticket, code: '000000' }, bad))),
    );
    const codes = (await Promise.all(guesses)).map(({ code }) => code);
    expect(codes.filter((code) => code === 'rate_limited').length).toBeGreaterThan(40);
  });

  it('one place does not have mails sent to the whole world, except to who is there', async () => {
    const bad = place();
    const asked = async (): Promise<string> => {
      const form = somebody();
      try {
        return sent(await accounts.signUp(form, bad)) && form.email;
      } catch (error) {
        return error instanceof KithError ? error.code : expect.fail(String(error));
      }
    };
    const outcomes: string[] = [];
    for (let n = 0; n < 130; n += 1) outcomes.push(await asked());
    expect(outcomes.filter((outcome) => outcome.includes('@'))).toHaveLength(101);
    expect(outcomes.at(-1)).toBe('rate_limited');

    const office = place();
    for (let n = 0; n < 130; n += 1) {
      const form = somebody();
      const ticket = sent(await accounts.signUp(form, office));
      await signedIn(accounts.proceed({ ticket, code: codeIn(letters.to(form.email)) }, office));
    }
  });

  it('nor does one account', async () => {
    const ann = await member();
    const codes = [];
    for (let n = 0; n < 25; n += 1) {
      // Each session has tickets of its own.
      const caller = n % 3 === 0 ? await callerOf(await signedIn(signIn(ann, PASSWORD))) : ann.caller;
      codes.push(
        await accounts.changeEmail(caller, { email: `${n}-${ann.email}` }).then(
          () => 'sent',
          (error: KithError) => error.code,
        ),
      );
    }
    expect(codes.filter((code) => code === 'sent').length).toBeLessThan(22);
    expect(codes.at(-1)).toBe('rate_limited');
  });
});
