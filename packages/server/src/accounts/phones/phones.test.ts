/** Accounts by phone number: coming in, being new, and the number of one's own account. H5: on both databases. */
import { KithError } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { localBus } from '../../fanout/bus.ts';
import { silentLogger } from '../../logger.ts';
import type { Caller } from '../../services.ts';
import { noSms } from '../../sms/sms.ts';
import { createPasskey } from '../../testing/authenticator.ts';
import { CHEAP, createLetters, type Letters } from '../../testing/letters.ts';
import { signedIn } from '../../testing/signedIn.ts';
import { createTexts, type Texts } from '../../testing/texts.ts';
import { databaseKinds, openTestDatabase } from '../../testing/world.ts';
import type { Accounts, Origin, SignInOutcome } from '../accounts.ts';
import { createAccounts } from '../createAccounts.ts';
import { stepAt, totpCode } from '../factors/totp.ts';
import { createHousekeeping } from '../housekeeping.ts';
import { accountsDb } from '../tables.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

const PASSWORD = 'seven quiet otters swim';
const MINUTE = 60_000;
const DAY = 24 * 3_600_000;

let people = 0;
const place = (more: Partial<Origin> = {}): Origin => {
  people += 1;
  return { address: `10.9.${people >> 8}.${people & 255}`, userAgent: `browser ${people}`, ...more };
};
/** One that nobody else has. */
const number = (): string => {
  people += 1;
  return `+4915123${(100_000 + people).toString()}`;
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const notThis = (code: string): string => ((Number(code) + 1) % 1_000_000).toString().padStart(6, '0');
function ticketOf(outcome: SignInOutcome, type: 'code_sent' | 'name_wanted'): string {
  return outcome.type === type ? outcome.ticket : expect.fail(`not ${type}: ${outcome.type}`);
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((c) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

describe.each(databaseKinds)('numbers on %s', { timeout: 60_000 }, (kind) => {
  let test: TestDatabase;
  let letters: Letters;
  let texts: Texts;
  let accounts: Accounts;
  let closed: Accounts;
  let now: number;

  const open = (more: Partial<Parameters<typeof createAccounts>[0]> = {}): Promise<Accounts> => {
    const bus = localBus();
    return createAccounts({
      database: test.database,
      bus,
      announcer: createAnnouncer(bus),
      mail: letters,
      sms: texts,
      config: { ...defaultConfig(), proveEmail: true },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      now: () => now,
      ...more,
    });
  };
  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    const { tenantId, sessionId, user } = identity;
    return { tenantId, userId: user.id, sessionId, socket: null };
  };
  const codeTo = (phone: string): string => texts.to(phone).at(-1) ?? expect.fail(`no code to ${phone}`);
  const ask = async (phone: string, origin: Origin = place()): Promise<string> =>
    ticketOf(await accounts.phones.ask({ phone, region: undefined }, origin), 'code_sent');
  /** Somebody who came by their number. */
  const newcomer = async (phone = number(), origin = place()) => {
    const ticket = await ask(phone, origin);
    const wanted = ticketOf(await accounts.proceed({ ticket, code: codeTo(phone) }, origin), 'name_wanted');
    people += 1;
    const username = `n${people}`;
    const one = await signedIn(
      accounts.phones.signUp({ ticket: wanted, name: `N ${people}`, username }, origin),
    );
    const device = /device=([^;]+)/.exec(one.cookies[1] ?? '')?.[1] ?? '';
    return { phone, origin, username, one, device, caller: await callerOf(one.token) };
  };
  /** Somebody with an address and a password. */
  const member = async () => {
    people += 1;
    const form = {
      email: `m${people}@example.org`,
      password: PASSWORD,
      name: `M ${people}`,
      username: `m${people}`,
    };
    const origin = place();
    const ticket = ticketOf(await accounts.signUp(form, origin), 'code_sent');
    const [mail] = letters.to(form.email);
    const code = mail && 'code' in mail ? mail.code : '';
    const one = await signedIn(accounts.proceed({ ticket, code }, origin));
    return { ...form, origin, one, caller: await callerOf(one.token) };
  };
  const addPhone = async (caller: Caller, phone: string) => {
    const { ticket } = await accounts.phones.changePhone(caller, { phone, region: undefined });
    return accounts.phones.confirmPhone(caller, { ticket, code: codeTo(phone) });
  };
  const kinds = async (caller: Caller): Promise<string[]> =>
    (await accounts.listSecurityEvents(caller, { of: 'me', cursor: undefined, limit: undefined })).events.map(
      (event) => event.kind,
    );

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    letters = createLetters();
    now = Date.now();
    texts = createTexts(test.database, () => now);
    accounts = await open();
    // Nobody new comes in after the first.
    closed = await open({ config: { ...defaultConfig(), proveEmail: true, signUp: 'closed' } });
  });
  beforeEach(() => {
    now = Date.now();
  });
  afterAll(async () => {
    await accounts.close();
    await closed.close();
    await test.drop();
  });

  it('let somebody new in after the code and a name, and back in by the code', async () => {
    const { phone, one, username, caller, origin } = await newcomer();
    expect(one.user).toMatchObject({ email: null, username });
    expect(await accounts.getAccount(caller, {})).toMatchObject({ email: null, emailVerified: false });
    expect(await accounts.phones.getPhone(caller)).toMatchObject({
      phone: { shown: expect.stringMatching(/^\+49 •+\d{3}$/) },
      works: true,
    });
    now += 11 * MINUTE;
    const ticket = await ask(phone);
    const again = await signedIn(accounts.proceed({ ticket, code: codeTo(phone) }, origin));
    expect(again.user.id).toBe(one.user.id);
    expect(await kinds(caller)).toEqual(['signed_in', 'signed_in', 'signed_up']);
  });

  it('answer alike whether or not somebody has them, and say what was understood', async () => {
    const { phone } = await newcomer();
    now += 11 * MINUTE;
    const shape = async (which: Accounts, what: string) => {
      const outcome = await which.phones.ask({ phone: what, region: undefined }, place());
      return {
        ...outcome,
        ticket: outcome.type === 'code_sent' && outcome.ticket.length,
        phone: 'phone' in outcome,
      };
    };
    const stranger = number();
    const known = await shape(closed, phone);
    expect(await shape(closed, stranger)).toEqual(known);
    expect(texts.to(phone)).toHaveLength(1);
    expect(texts.to(stranger)).toEqual([]);
    expect(await shape(accounts, number())).toEqual(known);
    const asked = await accounts.phones.ask({ phone: '0151 23999999', region: 'de' }, place());
    expect(asked).toMatchObject({ phone: '+49 1512 3999999' });
  });

  it('answer alike when they are asked for too often, too', async () => {
    const { phone } = await newcomer();
    now += 11 * MINUTE;
    const until = async (what: string): Promise<number> => {
      for (let times = 0; times < 20; times += 1) {
        const refused = await closed.phones.ask({ phone: what, region: undefined }, place()).then(
          () => null,
          (error: unknown) => error,
        );
        if (refused) {
          expect(refused).toMatchObject({ code: 'rate_limited', retryAfterMs: 10 * MINUTE });
          return times;
        }
      }
      return expect.fail('never refused');
    };
    expect(await until(phone)).toBe(3);
    expect(await until(number())).toBe(3);
  });

  it('take as long whether or not somebody has them', async () => {
    const even = await open({
      evenMs: 200,
      config: { ...defaultConfig(), proveEmail: true, signUp: 'closed' },
    });
    const { phone } = await newcomer();
    now += 11 * MINUTE;
    for (const what of [phone, number()]) {
      const began = performance.now();
      await even.phones.ask({ phone: what, region: undefined }, place());
      expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    }
    await even.close();
  });

  it('let nobody new in where that is closed, even by guessing right', async () => {
    const { phone } = await newcomer();
    const stranger = number();
    const origin = place();
    const before = ticketOf(
      await accounts.phones.ask({ phone: stranger, region: undefined }, origin),
      'code_sent',
    );
    const code = codeTo(stranger);
    expect((await refusal(closed.proceed({ ticket: before, code }, origin))).code).toBe('forbidden');
    // Nor is what was begun while it was open ended after.
    const other = number();
    const ticket = await ask(other, origin);
    const wanted = ticketOf(await accounts.proceed({ ticket, code: codeTo(other) }, origin), 'name_wanted');
    const form = { ticket: wanted, name: 'N', username: `x${people}` };
    expect((await refusal(closed.phones.signUp(form, origin))).code).toBe('forbidden');
    now += 11 * MINUTE;
    const known = ticketOf(await closed.phones.ask({ phone, region: undefined }, origin), 'code_sent');
    await signedIn(closed.proceed({ ticket: known, code: codeTo(phone) }, origin));
  });

  it('keep the ticket when a name is taken, and spend it once', async () => {
    const { username: taken } = await newcomer();
    const phone = number();
    const origin = place();
    const ticket = await ask(phone, origin);
    const wanted = ticketOf(await accounts.proceed({ ticket, code: codeTo(phone) }, origin), 'name_wanted');
    const form = (username: string) => ({ ticket: wanted, name: 'N', username });
    const refused = await refusal(accounts.phones.signUp(form(taken), origin));
    expect(refused).toMatchObject({ code: 'conflict', fields: [{ path: 'username' }] });
    const both = await Promise.allSettled([
      accounts.phones.signUp(form(`a${people}`), origin),
      accounts.phones.signUp(form(`b${people}`), origin),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await refusal(accounts.phones.signUp(form(`c${people}`), origin))).code).toBe('not_found');
    // A code's ticket is no name's, nor the other way round.
    const other = await ask(number(), origin);
    expect((await refusal(accounts.phones.signUp({ ...form('d'), ticket: other }, origin))).code).toBe(
      'not_found',
    );
  });

  it('make one account of two who came by one number at once', async () => {
    const phone = number();
    const tickets: string[] = [];
    for (const origin of [place(), place()]) {
      const ticket = await ask(phone, origin);
      tickets.push(ticketOf(await accounts.proceed({ ticket, code: codeTo(phone) }, origin), 'name_wanted'));
    }
    const mark = `t${phone.slice(1)}`;
    const made = await Promise.allSettled(
      tickets.map((ticket, i) =>
        accounts.phones.signUp({ ticket, name: 'N', username: `${mark}-${i}` }, place()),
      ),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const lost = made.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'not_found' });
    // Nothing of the other stays.
    const rows = await accountsDb(test.database.db)
      .selectFrom('auth_users')
      .select('id')
      .where('username', 'like', `${mark}-%`)
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('take a code once, of many who bring it at once', async () => {
    const { phone } = await newcomer();
    now += 11 * MINUTE;
    const ticket = await ask(phone);
    const code = codeTo(phone);
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => accounts.proceed({ ticket, code }, place())),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await refusal(accounts.proceed({ ticket, code }, place()))).code).toBe('not_found');
  });

  it('take five tries a ticket, counted before they are looked at', async () => {
    const { phone } = await newcomer();
    now += 11 * MINUTE;
    const ticket = await ask(phone);
    const code = codeTo(phone);
    const wrong = await Promise.allSettled(
      Array.from({ length: 9 }, () => accounts.proceed({ ticket, code: notThis(code) }, place())),
    );
    expect(wrong.every(({ status }) => status === 'rejected')).toBe(true);
    expect((await refusal(accounts.proceed({ ticket, code }, place()))).code).toBe('not_found');
  });

  it('void the former code with another one, and send no more than may be', async () => {
    const { phone, origin } = await newcomer();
    now += 11 * MINUTE;
    const ticket = await ask(phone, origin);
    const first = codeTo(phone);
    await accounts.resend(ticket, origin);
    const second = codeTo(phone);
    await accounts.resend(ticket, origin);
    expect((await refusal(accounts.resend(ticket, origin))).code).toBe('rate_limited');
    if (first !== second)
      expect((await refusal(accounts.proceed({ ticket, code: first }, origin))).code).toBe('bad_input');
    await signedIn(accounts.proceed({ ticket, code: codeTo(phone) }, origin));
    // Over after ten minutes.
    now += 11 * MINUTE;
    const late = await ask(phone, origin);
    const code = codeTo(phone);
    now += 10 * MINUTE;
    expect((await refusal(accounts.proceed({ ticket: late, code }, origin))).code).toBe('not_found');
    expect((await refusal(accounts.resend(late, origin))).code).toBe('not_found');
  });

  it('are not kept from their owner’s browser by whoever has them called', async () => {
    const { phone, origin, device } = await newcomer();
    now += DAY;
    for (let i = 0; i < 10; i += 1) {
      await ask(phone);
      now += 10 * MINUTE;
    }
    expect((await refusal(ask(phone))).code).toBe('rate_limited');
    texts.to(phone);
    const ticket = await ask(phone, { ...origin, device });
    await signedIn(accounts.proceed({ ticket, code: codeTo(phone) }, origin));
  });

  it('are followed by the second factor where there is one', async () => {
    const { phone, caller } = await newcomer();
    const { secret } = await accounts.beginTotp(caller, {});
    const fromApp = (): string => totpCode(fromBase32(secret), stepAt(now));
    await accounts.confirmTotp(caller, { code: fromApp() });
    now += 11 * MINUTE;
    const origin = place();
    const ticket = await ask(phone, origin);
    const code = codeTo(phone);
    const asked = await accounts.proceed({ ticket, code }, origin);
    expect(asked.type).toBe('second_factor');
    if (asked.type !== 'second_factor') return;
    // The code of the text is no second factor.
    expect((await refusal(accounts.proceed({ ticket: asked.ticket, code }, origin))).code).toBe('bad_input');
    await signedIn(accounts.proceed({ ticket: asked.ticket, code: fromApp() }, origin));
  });

  it('are added, changed and removed by who has shown who they are, with an event and a mail', async () => {
    const { caller, email } = await member();
    letters.to(email);
    const [first, second] = [number(), number()];
    expect(await accounts.phones.getPhone(caller)).toEqual({ phone: null, works: true });
    const { phone } = await addPhone(caller, first);
    expect(phone.shown).not.toContain(first.slice(3, 10));
    await addPhone(caller, second);
    await accounts.phones.removePhone(caller);
    expect((await refusal(accounts.phones.removePhone(caller))).code).toBe('not_found');
    expect(letters.to(email).map((mail) => mail.kind === 'phone_changed' && mail.what)).toEqual([
      'phone_added',
      'phone_changed',
      'phone_removed',
    ]);
    expect((await kinds(caller)).slice(0, 3)).toEqual(['phone_removed', 'phone_changed', 'phone_added']);
    now += 11 * MINUTE;
    for (const work of [
      () => accounts.phones.changePhone(caller, { phone: first, region: undefined }),
      () => accounts.phones.removePhone(caller),
    ])
      expect((await refusal(work())).code).toBe('confirmation_required');
    expect(texts.to(first)).toEqual([]);
  });

  it('stay where they are the only way in', async () => {
    const { caller, phone, origin } = await newcomer();
    expect((await refusal(accounts.phones.removePhone(caller))).code).toBe('conflict');
    const hash = await accounts.changePassword(caller, { password: PASSWORD });
    expect(hash.revoked).toBe(0);
    await accounts.phones.removePhone(caller);
    now += 11 * MINUTE;
    const ticket = await ask(phone, origin);
    expect((await accounts.proceed({ ticket, code: codeTo(phone) }, origin)).type).toBe('name_wanted');
  });

  it('leave the last way in to the passkey that let them go', async () => {
    const { caller: bare } = await newcomer();
    const caller = { ...bare, page: 'https://chat.example.org' };
    const begun = await accounts.beginPasskey(caller, {});
    const { made } = createPasskey(begun.options, caller.page);
    const { passkey } = await accounts.addPasskey(caller, {
      ticket: begun.ticket,
      passkey: made,
      name: 'Key',
    });
    await accounts.phones.removePhone(caller);
    const remove = () => accounts.removePasskey(caller, { passkeyId: passkey.id });
    expect((await refusal(remove())).code).toBe('conflict');
    expect((await accounts.getFactors(caller, {})).passkeys).toHaveLength(1);
    await accounts.changePassword(caller, { password: PASSWORD });
    await remove();
  });

  it('move to who shows that they hold them now, and their former owner hears of it', async () => {
    const [before, after] = [await member(), await member()];
    const phone = number();
    await addPhone(before.caller, phone);
    letters.to(before.email);
    await addPhone(after.caller, phone);
    expect((await accounts.phones.getPhone(before.caller)).phone).toBeNull();
    expect((await accounts.phones.getPhone(after.caller)).phone).not.toBeNull();
    expect(letters.to(before.email)).toMatchObject([{ kind: 'phone_changed', what: 'phone_moved' }]);
    const [event] = (
      await accounts.listSecurityEvents(before.caller, { of: 'me', cursor: undefined, limit: 1 })
    ).events;
    // Nothing of whoever has it now.
    expect(event).toMatchObject({ kind: 'phone_moved', address: null, userAgent: null });
    now += 11 * MINUTE;
    const ticket = await ask(phone);
    const one = await signedIn(accounts.proceed({ ticket, code: codeTo(phone) }, place()));
    expect(one.user.id).toBe(after.one.user.id);
  });

  it('are not taken from an account that has no other way in', async () => {
    const [only, other] = [await newcomer(), await member()];
    now += 11 * MINUTE;
    const again = await signedIn(accounts.signIn({ email: other.email, password: PASSWORD }, other.origin));
    const caller = await callerOf(again.token);
    const asked = await accounts.phones.changePhone(caller, { phone: only.phone, region: undefined });
    const refused = await refusal(
      accounts.phones.confirmPhone(caller, { ticket: asked.ticket, code: codeTo(only.phone) }),
    );
    expect(refused).toMatchObject({ code: 'conflict', fields: [{ path: 'phone' }] });
    expect((await accounts.phones.getPhone(caller)).phone).toBeNull();
    expect((await accounts.phones.getPhone(only.caller)).phone).not.toBeNull();
  });

  it('of another account answer as any other does, until the code', async () => {
    const [theirs, mine] = [await member(), await member()];
    const phone = number();
    await addPhone(theirs.caller, phone);
    const shape = async (what: string) =>
      Object.keys(await accounts.phones.changePhone(mine.caller, { phone: what, region: undefined }));
    expect(await shape(phone)).toEqual(await shape(number()));
    // A ticket of somebody else's is nobody's here.
    const { ticket } = await accounts.phones.changePhone(theirs.caller, {
      phone: number(),
      region: undefined,
    });
    expect((await refusal(accounts.phones.confirmPhone(mine.caller, { ticket, code: '000000' }))).code).toBe(
      'not_found',
    );
    // Nor is it a way in.
    expect((await refusal(accounts.proceed({ ticket, code: '000000' }, place()))).code).toBe('not_found');
    texts.to(phone);
  });

  it('go with what somebody did who had taken the account over', async () => {
    const { caller, email } = await member();
    const asked = await accounts.changeEmail(caller, { email: `new-${email}` });
    const [mail] = letters.to(`new-${email}`);
    await accounts.confirmEmail(caller, {
      ticket: asked.ticket,
      code: mail && 'code' in mail ? mail.code : '',
    });
    const undo = letters.to(email).find((one) => one.kind === 'email_changed');
    now += 1_000;
    const phone = number();
    await addPhone(caller, phone);
    await accounts.undoEmail(
      undo?.kind === 'email_changed' ? (undo.undoPath.split('#')[1] ?? '') : '',
      place(),
    );
    now += 11 * MINUTE;
    const origin = place();
    const ticket = await ask(phone, origin);
    expect((await accounts.proceed({ ticket, code: codeTo(phone) }, origin)).type).toBe('name_wanted');
  });

  it('can be given an address, and then a way back in by mail', async () => {
    const { caller, phone } = await newcomer();
    people += 1;
    const email = `late${people}@example.org`;
    const asked = await accounts.changeEmail(caller, { email });
    const [mail] = letters.to(email);
    await accounts.confirmEmail(caller, {
      ticket: asked.ticket,
      code: mail && 'code' in mail ? mail.code : '',
    });
    expect(await accounts.getAccount(caller, {})).toMatchObject({ email, emailVerified: true });
    await accounts.forgotPassword(email, place());
    expect(letters.to(email)).toMatchObject([{ kind: 'password_reset' }]);
    // The number is no more than one way then: it goes to who holds it.
    const other = await member();
    now += 11 * MINUTE;
    const again = await signedIn(accounts.signIn({ email: other.email, password: PASSWORD }, other.origin));
    await addPhone(await callerOf(again.token), phone);
    expect(letters.to(email)).toMatchObject([{ kind: 'phone_changed', what: 'phone_moved' }]);
  });

  it('say nothing to a server without text messages', async () => {
    const mute = await open({ sms: noSms });
    expect((await mute.options()).phone).toBe(false);
    expect((await refusal(mute.phones.ask({ phone: number(), region: undefined }, place()))).code).toBe(
      'unavailable',
    );
    await mute.close();
  });

  it('leave no counts behind', async () => {
    await ask(number());
    const { db } = test.database;
    const left = () => db.selectFrom('sms_counts').select('key').execute();
    expect((await left()).length).toBeGreaterThan(0);
    // Others were far ahead of it.
    now += 5 * DAY;
    await createHousekeeping({ db: accountsDb(db), log: silentLogger, now: () => now }).sweep();
    expect(await left()).toEqual([]);
  });
});
