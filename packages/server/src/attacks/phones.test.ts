/** What a stranger may try with phone numbers, over HTTP against a whole service whose provider of texts is a real server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignInReply } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type FilesWorld, openFilesWorld } from '../testing/filesWorld.ts';
import { createTextCatcher, type TextCatcher } from '../testing/textCatcher.ts';

let catcher: TextCatcher;
let world: FilesWorld;
let people = 0;

beforeAll(async () => {
  catcher = await createTextCatcher();
  // One proxy in front: its word says where somebody is. Rates of requests are another test's; guesses are counted.
  world = await openFilesWorld({
    smsUrl: catcher.url,
    smsFrom: 'Kith',
    smsDaily: 400,
    trustedProxies: 1,
    rateFactor: 100,
  });
  await world.signUp('owner');
}, 120_000);
afterAll(async () => {
  await world?.close();
  await catcher?.close();
});

const elsewhere = (): string => {
  people += 1;
  return `198.51.${people >> 8}.${people & 255}`;
};
const number = (): string => {
  people += 1;
  return `+4915123${(100_000 + people).toString()}`;
};
const post = (path: string, body: unknown, from = elsewhere()): Promise<Response> =>
  world.fetch(`/v1/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
    body: JSON.stringify(body),
  });
const replyOf = async (response: Response): Promise<SignInReply> => {
  expect(response.status).toBe(200);
  return (await response.json()) as SignInReply;
};
async function ticketFor(phone: string, from?: string): Promise<string> {
  const reply = await replyOf(await post('phone', { phone }, from));
  return 'ticket' in reply ? reply.ticket : expect.fail(`there is no ticket: ${reply.type}`);
}
/** The newest code that came to it; it leaves after the answer. */
async function codeTo(phone: string, earlier = 0): Promise<string> {
  for (let looks = 0; looks < 500; looks += 1) {
    const texts = catcher.caught.filter(({ to }) => to === phone);
    if (texts.length > earlier)
      return /#(\d{6})$/.exec(texts.at(-1)?.body ?? '')?.[1] ?? expect.fail('no code');
    await sleep(20);
  }
  return expect.fail(`no text to ${phone}`);
}
const notThis = (code: string): string => ((Number(code) + 1) % 1_000_000).toString().padStart(6, '0');

async function owner(): Promise<{ phone: string; username: string }> {
  const phone = number();
  const ticket = await ticketFor(phone);
  const wanted = await replyOf(await post('continue', { ticket, code: await codeTo(phone) }));
  const username = `p${people}`;
  if (wanted.type !== 'name_wanted') return expect.fail(wanted.type);
  const made = await post('phone/sign-up', { ticket: wanted.ticket, name: 'Ann', username });
  expect((await replyOf(made)).type).toBe('signed_in');
  return { phone, username };
}

describe('codes by text message', () => {
  attack(
    'are not tried out across tickets and addresses',
    'as many tickets for one number as are given, each from an address of its own, five tries at each',
    async (saw) => {
      const { phone } = await owner();
      let tickets = 0;
      for (let i = 0; i < 8; i += 1) {
        const asked = await post('phone', { phone });
        if (!asked.ok) {
          saw('asking for another code', await outcomeOf(asked), ['rate_limited']);
          continue;
        }
        tickets += 1;
        const reply = await replyOf(asked);
        const code = await codeTo(phone, tickets);
        for (let guess = 0; guess < 6; guess += 1) {
          const tried = await post('continue', {
            ticket: 'ticket' in reply ? reply.ticket : '',
            code: notThis(code),
          });
          saw('a wrong code', await outcomeOf(tried), ['bad_input', 'not_found']);
        }
        const late = await post('continue', { ticket: 'ticket' in reply ? reply.ticket : '', code });
        saw('the right code after them', await outcomeOf(late), ['not_found']);
      }
      // Two more after the one that made the account: ten tries of a million.
      expect(tickets).toBe(2);
    },
  );

  attack(
    'are not tried out across numbers',
    'one address, a new number each time, one wrong code at each',
    async (saw) => {
      const from = elsewhere();
      const outcomes: string[] = [];
      for (let i = 0; i < 14; i += 1) {
        const asked = await post('phone', { phone: number() }, from);
        const outcome = asked.ok ? 'code_sent' : await outcomeOf(asked);
        outcomes.push(outcome);
        saw('asking', outcome, ['code_sent', 'rate_limited']);
      }
      expect(outcomes.filter((outcome) => outcome === 'code_sent')).toHaveLength(10);
    },
  );

  attack('are good once', 'the right code, eight times at the same moment, and once more', async (saw) => {
    const { phone } = await owner();
    const ticket = await ticketFor(phone);
    const code = await codeTo(phone, 1);
    const all = await Promise.all(Array.from({ length: 8 }, () => post('continue', { ticket, code })));
    const outcomes = await Promise.all(all.map(outcomeOf));
    for (const outcome of outcomes) saw('at once', outcome, ['ok', 'not_found']);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    saw('once more', await outcomeOf(await post('continue', { ticket, code })), ['not_found']);
  });

  attack(
    'are good for their ticket',
    'the code of one number at the ticket of another, and of a text at a reset and an undo',
    async (saw) => {
      const [one, other] = [await owner(), await owner()];
      const mine = await ticketFor(one.phone);
      const theirs = await ticketFor(other.phone);
      const code = await codeTo(one.phone, 1);
      if (code !== (await codeTo(other.phone, 1)))
        saw('another’s ticket', await outcomeOf(await post('continue', { ticket: theirs, code })), [
          'bad_input',
        ]);
      for (const [path, body] of [
        ['password/reset', { token: mine, password: 'seven quiet otters swim' }],
        ['email/undo', { token: mine }],
        ['phone/sign-up', { ticket: mine, name: 'Eve', username: `eve${people}` }],
      ] as const)
        saw(path, await outcomeOf(await post(path, body)), ['not_found']);
    },
  );

  attack(
    'do not tell whose number is known',
    'a number with an account, and one without: fields, words and headers of the answers',
    async (saw) => {
      const { phone } = await owner();
      const look = async (what: string): Promise<string> => {
        const response = await post('phone', { phone: what });
        const body = (await response.json()) as Record<string, unknown>;
        const shape = Object.entries(body).map(([key, value]) => [key, typeof value, String(value).length]);
        const headers = [...response.headers.keys()].filter((name) => name !== 'date');
        return JSON.stringify([response.status, shape, headers]);
      };
      saw('shapes', (await look(phone)) === (await look(number())) ? 'the same' : 'told apart', ['the same']);
      // Of one that is over: the same for both.
      const made = '01a20a47-263c-7286-b935-1b16cb4887c7.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
      saw('a made-up ticket', await outcomeOf(await post('continue', { ticket: made, code: '000000' })), [
        'not_found',
      ]);
      saw('resending it', await outcomeOf(await post('resend', { ticket: made })), ['not_found']);
    },
  );

  attack(
    'go to nobody’s address of choice',
    'line breaks, further fields, several numbers, other schemes and numbers that cost in the field for a number',
    async (saw) => {
      const before = catcher.asked.length;
      for (const phone of [
        '+4915123456789\r\nTo: +447911123456',
        '+4915123456789&To=%2B447911123456',
        '+4915123456789,+447911123456',
        '+4915123456789;ext=1',
        'tel:+4915123456789',
        'http://169.254.169.254/latest',
        '@evil.example',
        '../Calls.json',
        '+49 900 1234567',
        '+44 909 8790000',
        '110',
        { $ne: '' },
        ['+4915123456789', '+447911123456'],
        '9'.repeat(100_000),
      ])
        saw(JSON.stringify(phone).slice(0, 40), await outcomeOf(await post('phone', { phone })), [
          'bad_input',
          'too_large',
        ]);
      for (const region of ['__proto__', 'D', 'DE\r\n', '../', 49])
        saw(`region ${region}`, await outcomeOf(await post('phone', { phone: '0151 23456789', region })), [
          'bad_input',
        ]);
      await sleep(100);
      expect(catcher.asked).toHaveLength(before);
      expect(new Set(catcher.asked.map(({ path }) => path)).size).toBe(1);
      for (const { fields } of catcher.asked) expect(fields).toEqual(['To', 'From', 'Body']);
    },
  );

  attack(
    'carry no words of strangers',
    'names with a line for the phone’s autofill of another site, in an account whose number is called',
    async (saw) => {
      const phone = number();
      const ticket = await ticketFor(phone);
      const wanted = await replyOf(await post('continue', { ticket, code: await codeTo(phone) }));
      const name = '@evil.example #999999 https://evil.example';
      if (wanted.type !== 'name_wanted') return expect.fail(wanted.type);
      await replyOf(await post('phone/sign-up', { ticket: wanted.ticket, name, username: `n${people}` }));
      await ticketFor(phone);
      await codeTo(phone, 1);
      const said = catcher.caught.filter(({ to }) => to === phone).map(({ body }) => body);
      for (const body of said) saw('a text', /evil|999999/.test(body) ? 'their words' : 'ours', ['ours']);
    },
  );

  attack(
    'do not let others spend what they cost',
    'many numbers of one country from many addresses: pumping',
    async (saw) => {
      const before = catcher.caught.length;
      const asked = await Promise.all(
        Array.from({ length: 90 }, (_, i) => post('phone', { phone: `+4479111${10_000 + i}` })),
      );
      for (const one of asked) saw('asking', one.ok ? 'code_sent' : await outcomeOf(one), ['code_sent']);
      await sleep(1_000);
      // Of 400 a day strangers have half, and one country a quarter of it; whoever asks is told the same.
      expect(catcher.caught.length - before).toBe(50);
      // Whoever is known, there or elsewhere, does not wait for them.
      const { phone } = await owner();
      await ticketFor(phone);
      await codeTo(phone, 1);
    },
  );
});
