import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ClientFrame,
  commandNames,
  commands,
  Emoji,
  errorCodes,
  errorOfClose,
  errors,
  findMentions,
  isId,
  KithError,
  Lines,
  limits,
  mentionOf,
  Name,
  newId,
  ServerFrame,
  Text,
  Username,
  type WireError,
} from './index.ts';

describe('golden frames', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../fixtures/frames.json', import.meta.url), 'utf8'),
  ) as Record<'client' | 'notClient' | 'server', unknown[]>;

  it('are read and written back as they are', () => {
    for (const frame of golden.client) expect(ClientFrame.parse(frame)).toEqual(frame);
    for (const frame of golden.server) expect(ServerFrame.parse(frame)).toEqual(frame);
  });

  it('W9: what is not a frame is refused', () => {
    for (const frame of golden.notClient)
      expect([frame, ClientFrame.safeParse(frame).success]).toEqual([frame, false]);
  });

  it('show every kind of frame there is', () => {
    const kinds = (frames: unknown[]) => new Set(frames.map((frame) => (frame as { t: string }).t));
    expect(kinds(golden.client)).toEqual(new Set(ClientFrame.options.map((option) => option.shape.t.value)));
    expect(kinds(golden.server)).toEqual(new Set(ServerFrame.options.map((option) => option.shape.t.value)));
  });
});

describe('the command table', () => {
  it('W11: no two commands share a route, and every field in a path is a field of the input', () => {
    const routes = commandNames.flatMap((name) => {
      const { http, input } = commands[name];
      if (!http) return [];
      const schema = JSON.stringify(z.toJSONSchema(input, { io: 'input' }));
      for (const [, field] of http.path.matchAll(/\{(\w+)\}/g)) expect(schema).toContain(`"${field}"`);
      return [`${http.method} ${http.path.replace(/\{\w+\}/g, '{}')}`];
    });
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('every command says in a sentence what it does, and refuses what is not its input', () => {
    for (const name of commandNames) {
      expect(commands[name].summary).toMatch(/^[A-Z].*[.?]$/su);
      for (const hostile of [null, 7, 'text', [], { surprise: 1 }]) {
        expect([name, commands[name].input.safeParse(hostile).success]).toEqual([name, false]);
      }
    }
  });
});

describe('errors', () => {
  it('E1: close codes are of the private range, and name one error each', () => {
    for (const code of errorCodes) {
      const { close } = errors[code];
      if (close === undefined) continue;
      expect(close).toBeGreaterThanOrEqual(4000);
      expect(close).toBeLessThan(5000);
      expect(errorOfClose(close)).toBe(code);
    }
    expect(errorOfClose(1006)).toBeUndefined();
  });

  it('travel without what is inside, and come back the same', () => {
    const error = new KithError('rate_limited', { retryAfterMs: 5, cause: new Error('secret') });
    expect(JSON.stringify(error.toWire())).not.toContain('secret');
    const back = KithError.fromWire(error.toWire());
    expect([back.code, back.message, back.retryAfterMs, back.retryable]).toEqual([
      error.code,
      error.message,
      5,
      true,
    ]);
  });

  it('of a newer server are still errors', () => {
    const newer = (code: string) => ({ code, message: 'Something new.', retryable: false }) as WireError;
    const known = { code: 'internal', message: 'Something new.', retryable: false };
    expect(KithError.fromWire(newer('brand_new'))).toMatchObject(known);
    expect(KithError.fromWire(newer('constructor'))).toMatchObject(known);
  });
});

describe('mentions', () => {
  const [ann, bob] = [newId(), newId()];

  it('are found once each, in order, and not in code', () => {
    expect(findMentions(`hi ${mentionOf(bob)} and ${mentionOf(ann)}, ${mentionOf(bob)}`)).toEqual({
      userIds: [bob, ann],
      all: false,
    });
    expect(findMentions(`\`${mentionOf(ann)}\` and \`\`\`\n${mentionOf('all')}\n\`\`\``)).toEqual({
      userIds: [],
      all: false,
    });
    expect(findMentions(`${mentionOf('all')}!`)).toEqual({ userIds: [], all: true });
    expect(findMentions('<@nobody> <@> <@all')).toEqual({ userIds: [], all: false });
  });

  it('of a crowd are cut just beyond the limit, so that the check sees it', () => {
    const crowd = Array.from({ length: limits.mentions * 2 }, () => mentionOf(newId())).join('');
    expect(findMentions(crowd).userIds).toHaveLength(limits.mentions + 1);
  });

  it('are looked for in time linear to the text, whatever it is', () => {
    const hostile = fc.stringMatching(/^[`<@>al-]*$/, { size: 'large', maxLength: limits.textLength });
    fc.assert(
      fc.property(hostile, (text) => findMentions(text).userIds.length >= 0),
      { numRuns: 200 },
    );
    for (const part of ['`', '<@', '```', '<@all', '`<@all>']) {
      findMentions(part.repeat(limits.textLength / part.length));
    }
  });
});

describe('names', () => {
  const name = Name(80);

  it.each([
    ['Ada\u200BLove\u00ADlace', 'AdaLovelace'],
    ['\u202EgnirtS\u2066', 'gnirtS'],
    ['Ad\u200Da', 'Ada'],
    ['\u3164Ada\u2800 \n Lovelace\u{E0041}', 'Ada Lovelace'],
  ])('lose what nobody sees: %j', (given, kept) => {
    expect(name.parse(given)).toBe(kept);
  });

  it.each(['👩‍👩‍👧 Ada', '👩🏽‍💻', '❤️‍🔥', 'می‌خواهم', 'क्‍ष', 'שָׁלוֹם', '京都', 'Zoë'])(
    'keep what holds letters and emoji together: %s',
    (given) => {
      expect(name.parse(given)).toBe(given);
    },
  );

  it.each(['\u200B', '\u3164 \u2800', '\u202E\u200D', '\u0301\u0301', '\u{E0041}'])(
    'of nothing to see are refused: %j',
    (given) => {
      expect(name.safeParse(given).success).toBe(false);
    },
  );

  it('leave lines as lines', () => {
    expect(Lines(300).parse(' One\u202E \r\n\n\n\nTwo\tthree\u200B ')).toBe('One\n\nTwo three');
  });
});

describe('scalars', () => {
  it('E3: ids are UUIDs of version 7, in lower case, in order of their making', () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect(ids.every((id) => isId(id) && id[14] === '7')).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(isId(ids[0]?.toUpperCase())).toBe(false);
  });

  it('text that no database could store is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(Text(40).safeParse(text).success).toBe(!text.includes('\0') && text.isWellFormed());
      }),
    );
    expect(Text(40).safeParse('\ud800').success).toBe(false);
  });

  it('names are on one line and not empty', () => {
    expect(Name(80).parse('  Ann \n  Smith ')).toBe('Ann Smith');
    expect(Name(80).safeParse(' \n ').success).toBe(false);
  });

  it('an emoji is one that a person sees as one', () => {
    for (const emoji of ['👍', '👍🏽', '👨‍👩‍👧', '🇵🇹', '5️⃣', '❤️'])
      expect([emoji, Emoji.safeParse(emoji).success]).toEqual([emoji, true]);
    for (const text of ['a', '5', '👍👍', '👍 ', ':)', '', '<b>'])
      expect([text, Emoji.safeParse(text).success]).toEqual([text, false]);
  });

  it('usernames are what everybody can type', () => {
    for (const name of ['ann', 'a.b-c_d', '42nd']) expect(Username.safeParse(name).success).toBe(true);
    for (const name of ['a', 'Ann', '.ann', 'ann smith', 'änn', 'a'.repeat(33)])
      expect(Username.safeParse(name).success).toBe(false);
  });
});
